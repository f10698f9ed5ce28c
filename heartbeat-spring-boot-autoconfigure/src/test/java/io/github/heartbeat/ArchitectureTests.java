package io.github.heartbeat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The house. Users touch the API; the events are its hooks in another form; the engine is
 * hidden behind it; health, meters and endpoint only watch clients; the
 * auto-configuration puts them together. Arrows point inward.
 */
@AnalyzeClasses(packages = "io.github.heartbeat", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule arrowsPointInward = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("api")
		.definedBy("io.github.heartbeat")
		.layer("events")
		.definedBy("io.github.heartbeat.event")
		.layer("engine")
		.definedBy("io.github.heartbeat.client")
		.layer("health")
		.definedBy("io.github.heartbeat.health")
		.layer("metrics")
		.definedBy("io.github.heartbeat.metrics")
		.layer("endpoint")
		.definedBy("io.github.heartbeat.endpoint")
		.layer("autoconfigure")
		.definedBy("io.github.heartbeat.autoconfigure..")
		.whereLayer("api")
		.mayNotAccessAnyLayer()
		.whereLayer("events")
		.mayOnlyAccessLayers("api")
		.whereLayer("engine")
		.mayOnlyAccessLayers("api")
		.whereLayer("health")
		.mayOnlyAccessLayers("api")
		.whereLayer("metrics")
		.mayOnlyAccessLayers("api")
		.whereLayer("endpoint")
		.mayOnlyAccessLayers("api")
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer();

	@ArchTest
	static final ArchRule thereAreNoCycles = slices().matching("io.github.heartbeat.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule theEngineKnowsSpringFrameworkOnly = noClasses().that()
		.resideInAnyPackage("io.github.heartbeat", "io.github.heartbeat.client", "io.github.heartbeat.event")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot..", "io.micrometer..");

	@ArchTest
	static final ArchRule containersStayBehindTheirSupport = noClasses().that()
		.haveSimpleNameNotStartingWith("Tomcat")
		.and()
		.haveSimpleNameNotStartingWith("Jetty")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.apache.tomcat..", "org.eclipse.jetty..");

	/**
	 * A logger may throw, and what follows it must happen all the same.
	 */
	@ArchTest
	static final ArchRule theEngineLogsWithoutThrowing = noClasses().that()
		.resideInAPackage("io.github.heartbeat.client")
		.and()
		.doNotHaveSimpleName("EngineLog")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.apache.commons.logging..");

	@ArchTest
	static final ArchRule timeAndChanceComeFromOutside = noClasses().that()
		.doNotHaveFullyQualifiedName("io.github.heartbeat.client.EngineResources")
		.and()
		.doNotHaveFullyQualifiedName("io.github.heartbeat.client.SystemTicker")
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
		.haveRawType("io.github.heartbeat.client.Phase")
		.and()
		.areNotFinal()
		.should()
		.beDeclaredInClassesThat()
		.haveFullyQualifiedName("io.github.heartbeat.client.ClientStateMachine");

	@ArchTest
	static final ArchRule theStateIsNowhereElse = fields().that()
		.haveRawType(HeartbeatClientState.class)
		.should()
		.beFinal();

}
