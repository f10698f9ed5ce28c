package io.github.heartbeat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Architecture rules. Users call the API, receive events and convert messages. The engine
 * ({@code internal}) implements the API. Health, metrics, observations and the endpoint
 * observe clients. The auto-configuration assembles all of them. Within the engine, each
 * package may only use the packages that its rule names.
 */
@AnalyzeClasses(packages = "io.github.heartbeat", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String INTERNAL = "io.github.heartbeat.internal";

	@ArchTest
	static final ArchRule dependenciesPointInward = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("api")
		.definedBy("io.github.heartbeat")
		.layer("leases")
		.definedBy("io.github.heartbeat.leader")
		.layer("events")
		.definedBy("io.github.heartbeat.event")
		.layer("messages")
		.definedBy("io.github.heartbeat.message")
		.layer("annotations")
		.definedBy("io.github.heartbeat.annotation")
		.layer("engine")
		.definedBy(INTERNAL + "..")
		.layer("health")
		.definedBy("io.github.heartbeat.health")
		.layer("metrics")
		.definedBy("io.github.heartbeat.metrics")
		.layer("observation")
		.definedBy("io.github.heartbeat.observation")
		.layer("endpoint")
		.definedBy("io.github.heartbeat.endpoint")
		.layer("autoconfigure")
		.definedBy("io.github.heartbeat.autoconfigure..")
		.whereLayer("leases")
		.mayNotAccessAnyLayer()
		.whereLayer("api")
		.mayOnlyAccessLayers("leases")
		.whereLayer("events")
		.mayOnlyAccessLayers("api", "leases")
		.whereLayer("messages")
		.mayOnlyAccessLayers("api")
		.whereLayer("annotations")
		.mayOnlyAccessLayers("api")
		.whereLayer("engine")
		.mayOnlyAccessLayers("api", "leases", "messages")
		.whereLayer("health")
		.mayOnlyAccessLayers("api")
		.whereLayer("metrics")
		.mayOnlyAccessLayers("api", "leases")
		.whereLayer("observation")
		.mayOnlyAccessLayers("api")
		.whereLayer("endpoint")
		.mayOnlyAccessLayers("api", "leases")
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer();

	@ArchTest
	static final ArchRule onlyTheAutoConfigurationUsesTheEngine = classes().that()
		.resideInAPackage(INTERNAL + "..")
		.should()
		.onlyHaveDependentClassesThat()
		.resideInAnyPackage(INTERNAL + "..", "io.github.heartbeat.autoconfigure..");

	/**
	 * An attempt creates a connection. A connection delivers hooks, sends messages and
	 * assembles messages.
	 */
	@ArchTest
	static final ArchRule theEngineIsLayered = engine().whereLayer("client")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("connect")
		.mayOnlyAccessLayers("connection", "message", "container", "observe", "tls", "runtime")
		.whereLayer("connection")
		.mayOnlyAccessLayers("hook", "send", "message", "container", "observe", "runtime")
		.whereLayer("hook")
		.mayOnlyAccessLayers("observe", "runtime")
		.whereLayer("send")
		.mayOnlyAccessLayers("message", "container", "observe", "runtime")
		.whereLayer("message")
		.mayOnlyAccessLayers("observe", "runtime")
		.whereLayer("container")
		.mayOnlyAccessLayers("tls", "runtime")
		.whereLayer("tls")
		.mayOnlyAccessLayers("runtime")
		.whereLayer("observe")
		.mayOnlyAccessLayers("runtime")
		.whereLayer("lease")
		.mayOnlyAccessLayers("runtime")
		.whereLayer("runtime")
		.mayNotAccessAnyLayer();

	@ArchTest
	static final ArchRule everyPackageOfTheEngineHasItsRule = engine()
		.ensureAllClassesAreContainedInArchitectureIgnoring(
				resideOutsideOfPackages(INTERNAL + "..").or(resideInAPackage(INTERNAL)));

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching("io.github.heartbeat.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule packagesOfTheEngineAreFreeOfCycles = slices().matching(INTERNAL + ".(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule theEngineDependsOnSpringFrameworkOnly = noClasses().that()
		.resideInAnyPackage("io.github.heartbeat", INTERNAL + "..", "io.github.heartbeat.event",
				"io.github.heartbeat.message", "io.github.heartbeat.annotation", "io.github.heartbeat.leader")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot..", "io.micrometer..");

	@ArchTest
	static final ArchRule onlyTheJsonConverterDependsOnJackson = noClasses().that()
		.doNotHaveFullyQualifiedName("io.github.heartbeat.message.JsonHeartbeatMessageConverter")
		.and()
		.resideOutsideOfPackage("io.github.heartbeat.autoconfigure.json")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("tools.jackson..");

	@ArchTest
	static final ArchRule tomcatStaysInItsPackage = noClasses()
		.that(areNeither(".container.tomcat", "Containers$Tomcat"))
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.apache.tomcat..");

	@ArchTest
	static final ArchRule jettyStaysInItsPackage = noClasses().that(areNeither(".container.jetty", "Containers$Jetty"))
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.eclipse.jetty..");

	/**
	 * A logger may throw. The code after the log call must run in any case.
	 */
	@ArchTest
	static final ArchRule theEngineLogsWithoutThrowing = noClasses().that()
		.resideInAPackage(INTERNAL + "..")
		.and()
		.doNotHaveSimpleName("EngineLog")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.apache.commons.logging..");

	@ArchTest
	static final ArchRule timeAndRandomnessAreInjected = noClasses().that()
		.doNotHaveFullyQualifiedName(INTERNAL + ".runtime.EngineResources")
		.and()
		.doNotHaveFullyQualifiedName(INTERNAL + ".runtime.SystemTicker")
		.should()
		.callMethod(System.class, "nanoTime")
		.orShould()
		.callMethod(System.class, "currentTimeMillis")
		.orShould()
		.callMethod(java.time.Instant.class, "now")
		.orShould()
		.callMethod(Math.class, "random")
		.orShould()
		.callMethod(java.util.concurrent.ThreadLocalRandom.class, "current")
		.orShould()
		.callMethod(Thread.class, "sleep", long.class);

	@ArchTest
	static final ArchRule onlyTheStateMachineHoldsThePhase = fields().that()
		.haveRawType(INTERNAL + ".client.Phase")
		.and()
		.areNotFinal()
		.should()
		.beDeclaredInClassesThat()
		.haveFullyQualifiedName(INTERNAL + ".client.ClientStateMachine");

	@ArchTest
	static final ArchRule noOtherFieldHoldsAState = fields().that()
		.haveRawType(HeartbeatClientState.class)
		.should()
		.beFinal();

	private static LayeredArchitecture engine() {
		LayeredArchitecture engine = layeredArchitecture().consideringOnlyDependenciesInLayers();
		for (String name : new String[] { "client", "connect", "connection", "hook", "send", "message", "container",
				"tls", "observe", "lease", "runtime" }) {
			engine = engine.layer(name).definedBy(INTERNAL + "." + name + "..");
		}
		return engine;
	}

	private static DescribedPredicate<JavaClass> areNeither(String packageOfContainer, String holder) {
		return DescribedPredicate.describe("are not in " + packageOfContainer,
				(type) -> !type.getPackageName().startsWith(INTERNAL + packageOfContainer)
						&& !type.getName().equals(INTERNAL + ".container." + holder));
	}

}
