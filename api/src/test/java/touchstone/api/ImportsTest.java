package touchstone.api;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/** Data flows submission, judging, leaderboard; imports point upstream only. */
final class ImportsTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("touchstone.api");

    private static void mayNotKnow(String feature, String... others) {
        String[] packages = new String[others.length];
        for (int i = 0; i < others.length; i++) packages[i] = "touchstone.api." + others[i] + "..";
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("touchstone.api." + feature + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .check(CLASSES);
    }

    @Test
    void storageKnowsNoOtherPart() {
        mayNotKnow(
                "storage",
                "http",
                "account",
                "audit",
                "evaluation",
                "task",
                "submission",
                "judging",
                "runner",
                "leaderboard",
                "operation",
                "app",
                "cli");
    }

    @Test
    void httpImportsNoFeature() {
        mayNotKnow(
                "http",
                "account",
                "audit",
                "evaluation",
                "task",
                "submission",
                "judging",
                "runner",
                "leaderboard",
                "operation",
                "app",
                "cli");
    }

    @Test
    void accountsKnowNothingOfContests() {
        mayNotKnow("account", "task", "submission", "judging", "runner", "leaderboard", "operation", "app", "cli");
    }

    @Test
    void auditKnowsNothingOfWhatItRecords() {
        mayNotKnow(
                "audit",
                "account",
                "task",
                "submission",
                "judging",
                "runner",
                "leaderboard",
                "operation",
                "app",
                "cli");
    }

    @Test
    void tasksKnowNothingOfSubmissions() {
        mayNotKnow("task", "submission", "judging", "runner", "leaderboard", "operation", "app", "cli");
    }

    @Test
    void submissionNeverMentionsJudging() {
        mayNotKnow("submission", "judging", "runner", "leaderboard", "operation", "app", "cli");
    }

    @Test
    void judgingKnowsNothingOfTheBoard() {
        mayNotKnow("judging", "leaderboard", "operation", "app", "cli");
        mayNotKnow("runner", "submission", "judging", "leaderboard", "operation", "app", "cli");
    }

    @Test
    void nothingBelowKnowsTheOperator() {
        mayNotKnow("leaderboard", "operation", "app", "cli");
        mayNotKnow("operation", "app", "cli");
    }

    @Test
    void nothingImportsInCircles() {
        slices().matching("touchstone.api.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
