package touchstone.api.leaderboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static touchstone.api.app.TestBrowser.assertSound;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.TestBrowser;
import touchstone.api.judging.JudgingSet;

/** The public at a browser when a contest is over: the final board, and the one before it. */
final class FinalBoardBrowserTest {
    @ParameterizedTest
    @EnumSource
    void theFinalStandsFirstOnceItIsOut(TestBrowser.Screen screen) {
        BoardFacts contest = BoardFacts.inContestOf(DatabaseKind.H2);
        UUID bold = contest.submission(contest.team("Owls"));
        UUID solid = contest.submission(contest.team("Larks"));
        contest.settled(bold, contest.boardSet, .9, .2);
        contest.settled(solid, contest.boardSet, .7, .6);
        contest.house.database().change("update task set state = 'closed' where id = ?", contest.task);
        List<String> errors = new ArrayList<>();
        try (TestBrowser browser = new TestBrowser();
                BrowserContext context = browser.context(screen)) {
            Page page = TestBrowser.open(context, errors);
            page.navigate(contest.house.address() + "/tasks/" + contest.slug + "/leaderboard");
            Locator which = page.getByRole(AriaRole.NAVIGATION, new Page.GetByRoleOptions().setName("Which board"));
            assertThat(page.getByText("Owls leads with")).isVisible();
            assertThat(which).isHidden();
            assertSound(page);

            UUID set = contest.set(JudgingSet.Kind.FINAL, List.of(bold, solid));
            contest.settled(bold, set, .9, .2);
            contest.settled(solid, set, .7, .6);
            contest.organizer.postJson("/api/judging-sets/" + set + "/apply", "");
            page.reload();

            assertThat(page.getByText("Larks wins with")).isVisible();
            assertThat(page.getByText("(private fold)")).isVisible();
            assertSound(page);
            which.getByText("While it ran").click();
            assertThat(page.getByText("Owls leads with")).isVisible();
            assertThat(which).isVisible();
            assertSound(page);
            page.reload();
            assertThat(page.getByText("Owls leads with")).isVisible();
            which.getByText("Final").click();
            assertThat(page.getByText("Larks wins with")).isVisible();
            assertEquals(List.of(), errors);
        }
    }
}
