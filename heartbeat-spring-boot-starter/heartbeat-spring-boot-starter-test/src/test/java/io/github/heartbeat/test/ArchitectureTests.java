package io.github.heartbeat.test;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * Architecture rules of the test starter. Besides the auto-configuration, only the test
 * starter uses the engine, and its API has no types of the engine.
 */
@AnalyzeClasses(packages = "io.github.heartbeat", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ENGINE = "io.github.heartbeat.internal..";

	private static final String SIMULATION = "io.github.heartbeat.test.internal..";

	@ArchTest
	static final ArchRule onlyTheAutoConfigurationAndTheTestStarterUseTheEngine = classes().that()
		.resideInAPackage(ENGINE)
		.should()
		.onlyHaveDependentClassesThat()
		.resideInAnyPackage(ENGINE, "io.github.heartbeat.autoconfigure..", "io.github.heartbeat.test..");

	@ArchTest
	static final ArchRule nothingReleasedUsesTheTestStarter = noClasses().that()
		.resideOutsideOfPackage("io.github.heartbeat.test..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.github.heartbeat.test..");

	@ArchTest
	static final ArchRule theApiReturnsNoTypeOfTheEngine = methods().that()
		.arePublic()
		.and()
		.areDeclaredInClassesThat()
		.arePublic()
		.and()
		.areDeclaredInClassesThat()
		.resideInAPackage("io.github.heartbeat.test")
		.should()
		.notHaveRawReturnType(resideInAnyPackage(ENGINE, SIMULATION))
		.andShould()
		.notHaveRawParameterTypes(DescribedPredicate.anyElementThat(resideInAnyPackage(ENGINE, SIMULATION)));

}
