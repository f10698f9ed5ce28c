package io.github.heartbeat;

import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

/**
 * The public API has no types of the engine in its signatures.
 */
@AnalyzeClasses(packages = "io.github.heartbeat", importOptions = ImportOption.DoNotIncludeTests.class)
class PublicApiTests {

	private static final String ENGINE = "io.github.heartbeat.internal..";

	private static final DescribedPredicate<JavaClass> OF_ENGINE = JavaClass.Predicates.resideInAPackage(ENGINE);

	@ArchTest
	static final ArchRule noSignatureHasATypeOfTheEngine = classes().that()
		.resideOutsideOfPackage(ENGINE)
		.and()
		.arePublic()
		.should(notHaveTypesOfTheEngineInSignatures());

	private static ArchCondition<JavaClass> notHaveTypesOfTheEngineInSignatures() {
		return new ArchCondition<>("not have types of the engine in signatures") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
					.filter(OF_ENGINE)
					.forEach((supertype) -> events.add(SimpleConditionEvent.violated(type,
							type.getName() + " extends or implements " + supertype.getName())));
				type.getMembers()
					.stream()
					.filter(PublicApiTests::isVisible)
					.filter((member) -> types(member).flatMap((used) -> used.getAllInvolvedRawTypes().stream())
						.anyMatch(OF_ENGINE))
					.forEach((member) -> events.add(SimpleConditionEvent.violated(member, member.getDescription())));
			}

		};
	}

	private static boolean isVisible(JavaMember member) {
		return member.getModifiers().contains(JavaModifier.PUBLIC)
				|| member.getModifiers().contains(JavaModifier.PROTECTED);
	}

	private static Stream<? extends JavaType> types(JavaMember member) {
		return (member instanceof JavaCodeUnit codeUnit)
				? Stream.concat(codeUnit.getParameterTypes().stream(), Stream.of(codeUnit.getReturnType()))
				: Stream.of(((JavaField) member).getType());
	}

}
