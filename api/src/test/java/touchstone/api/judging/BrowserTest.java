package touchstone.api.judging;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static touchstone.api.app.TestBrowser.assertAccessible;
import static touchstone.api.app.TestBrowser.assertNothingHidesSideways;
import static touchstone.api.app.TestBrowser.assertSound;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PageAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.api.app.TestBrowser;
import touchstone.api.app.TestBrowser.Screen;
import touchstone.api.app.TinyTask;
import touchstone.fixtures.Fixtures;

/**
 * People at a browser: from the board through sign-in, check and submit to a result, and back to the board; teams,
 * invitations, the choice for the final, and what an organizer told.
 */
class BrowserTest {
    private static final String PASSWORD = "a long enough password";
    private static final double JUDGED_MILLIS_MAX = 180_000;
    private static final double ANSWERED_MILLIS_MAX = 30_000;

    @TempDir
    private static Path folder;

    private static RealServer server;
    private static Script olivia;
    private static TestBrowser browser;

    @BeforeAll
    static void open() throws Exception {
        Path data = folder.resolve("data");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        RealServer.run(data, null, "", "init");
        RealServer.run(data, null, PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
        server = new RealServer(data, null);
        server.start();
        olivia = Script.signIn(server.address(), "olivia", PASSWORD);
        olivia.sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
        Path invited = folder.resolve("fixtures/behind-a-door.zip");
        Files.write(
                invited,
                TinyTask.archive(
                        Files.readAllBytes(folder.resolve("fixtures/tiny.zip")),
                        "behind-a-door",
                        "Numerals behind a door",
                        "invited"));
        olivia.sendZip("/api/tasks", invited);
        browser = new TestBrowser();
    }

    @AfterAll
    static void close() throws Exception {
        if (browser != null) browser.close();
        server.close();
    }

    @Test
    void fromTheBoardToAScoreOnADesktop() {
        uploadToBoard("ada", "brighten", Screen.DESKTOP);
    }

    @Test
    void fromTheBoardToAScoreOnAPhone() {
        uploadToBoard("grace", "small-loss", Screen.PHONE);
    }

    @Test
    void showsAProblemAtItsLine() {
        try (BrowserContext context = context(Screen.DESKTOP)) {
            Page page = context.newPage();
            signUp(page, "edsger");
            choose(page, "broken/unknown-operation");
            button(page, "Check").click();

            assertThat(page.getByText("strategy.yaml").first()).isVisible(answered());
            assertThat(page.getByText(Pattern.compile("'gama' is not")).first()).isVisible();
            assertThat(page.getByText(Pattern.compile("[Ww]rite 'gamma'")).first())
                    .isVisible();
            assertAccessible(page);
        }
    }

    @ParameterizedTest
    @EnumSource(Screen.class)
    void aTeamIsMadeJoinedByItsLinkRenamedAndLeft(Screen screen) {
        String captain = screen.named("hedy");
        String member = screen.named("margaret");
        String team = screen.named("Owls");
        List<String> errors = new ArrayList<>();
        try (BrowserContext hers = context(screen);
                BrowserContext theirs = context(screen)) {
            Page page = open(hers, errors);
            signUp(page, captain, "/tasks/tiny/team");
            assertThat(heading(page, "Make a team")).isVisible();
            assertSound(page);
            page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Name"))
                    .fill(team);
            button(page, "Make it").click();
            assertThat(row(page, captain)).containsText("captain");
            button(page, "Make an invitation").click();
            Locator link = page.locator("pre");
            assertThat(link).containsText("/tasks/tiny/team?code=ti_");
            String address = link.innerText().strip();
            assertThat(row(page, "0 of 9")).isVisible();
            assertSound(page);

            Page other = open(theirs, errors);
            other.navigate(address);
            assertThat(other.getByText("Sign in first.")).isVisible();
            assertSound(other);
            other.getByRole(AriaRole.MAIN)
                    .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Sign in"))
                    .click();
            createAccount(other, member);
            assertThat(other.getByLabel("Code")).hasValue(Pattern.compile("ti_.+"));
            assertSound(other);
            button(other, "Join").click();
            assertThat(heading(other, team)).isVisible();
            assertThat(row(other, captain)).containsText("captain");
            assertThat(row(other, member)).containsText("you");
            assertThat(heading(other, "Another name")).isHidden();
            assertSound(other);

            page.reload();
            assertThat(row(page, member)).isVisible();
            assertThat(row(page, "1 of 9")).isVisible();
            page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Name"))
                    .fill("Night " + team);
            button(page, "Rename").click();
            assertThat(heading(page, "Night " + team)).isVisible();
            assertSound(page);

            handOver(page, member);
            assertThat(row(page, member)).containsText("captain");
            assertThat(heading(page, "Invite others")).isHidden();
            assertSound(page);
            other.reload();
            assertThat(row(other, "1 of 9")).isVisible();
            handOver(other, captain);
            assertThat(row(other, captain)).containsText("captain");
            page.reload();
            assertThat(heading(page, "Invite others")).isVisible();
            assertSound(page);

            button(other, "Leave the team").click();
            assertThat(other.getByText("What the team submitted stays with the team."))
                    .isVisible();
            assertSound(other);
            other.getByRole(AriaRole.ALERTDIALOG)
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Leave the team"))
                    .click();
            assertThat(heading(other, "Join a team")).isVisible();
            page.reload();
            assertThat(row(page, captain)).isVisible();
            assertThat(row(page, member)).isHidden();

            other.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Name"))
                    .fill("Lone " + team);
            button(other, "Make it").click();
            assertThat(heading(other, "Lone " + team)).isVisible();
            other.navigate(address);
            assertThat(other.getByText("You were sent a code, and you are on Lone " + team))
                    .isVisible();
            assertSound(other);
            button(other, "Join the other team").click();
            assertThat(heading(other, "Night " + team)).isVisible();
            assertThat(other).hasURL(server.address() + "/tasks/tiny/team");
            assertEquals(List.of(), errors);
        }
    }

    @ParameterizedTest
    @EnumSource(Screen.class)
    void aGuestComesInByTheOrganizersInvitationAndAStrangerFindsNothing(Screen screen) throws Exception {
        String code = olivia.post("/api/tasks/behind-a-door/invitations", "{\"uses\": 1}")
                .path("code")
                .asText();
        List<String> errors = new ArrayList<>();
        try (BrowserContext guests = context(screen);
                BrowserContext strangers = context(screen)) {
            Page guest = open(guests, errors);
            guest.navigate(server.address() + "/invitation?code=" + code);
            assertThat(guest.getByText("Sign in first.")).isVisible();
            assertSound(guest);
            guest.getByRole(AriaRole.MAIN)
                    .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Sign in"))
                    .click();
            createAccount(guest, screen.named("alan"));
            assertThat(guest.getByLabel("Code")).hasValue(code);
            assertSound(guest);
            button(guest, "Come in").click();
            assertThat(guest).hasURL(server.address() + "/tasks/behind-a-door");
            assertThat(heading(guest, "Numerals behind a door")).isVisible(answered());
            assertSound(guest);

            Page stranger = open(strangers, errors);
            signUp(stranger, screen.named("charlie"), "/tasks/behind-a-door");
            assertThat(stranger.getByText("There is no page at this address.")).isVisible();
            assertThat(stranger.getByText("Numerals behind a door")).isHidden();
            assertSound(stranger);
            stranger.navigate(server.address() + "/invitation?code=" + code);
            button(stranger, "Come in").click();
            assertThat(stranger.getByRole(AriaRole.ALERT).or(stranger.getByRole(AriaRole.STATUS)))
                    .containsText("code");
            assertThat(stranger).hasURL(Pattern.compile("/invitation"));
            assertSound(stranger);
            stranger.navigate(server.address() + "/tasks/no-such-task");
            assertThat(stranger.getByText("There is no page at this address.")).isVisible();
            assertEquals(List.of(), errors);
        }
    }

    /** Judged once, looked at and chosen on both screens: what one of them saves the other shows. */
    @Test
    void twoAtMostAreChosenForTheFinalAndStayChosen() throws Exception {
        Script script = Script.signUp(server.address(), "katherine", PASSWORD);
        for (String strategy : List.of("baseline", "brighten", "small-loss"))
            script.sendZip("/api/tasks/tiny/submissions", folder.resolve("fixtures/strategies/" + strategy + ".zip"));
        List<String> errors = new ArrayList<>();
        try (BrowserContext desk = context(Screen.DESKTOP);
                BrowserContext pocket = context(Screen.PHONE)) {
            Page page = open(desk, errors);
            signIn(page, "katherine", "/tasks/tiny/submissions");
            Locator boxes = page.getByRole(AriaRole.CHECKBOX);
            assertThat(boxes).hasCount(3, new LocatorAssertions.HasCountOptions().setTimeout(3 * JUDGED_MILLIS_MAX));
            assertThat(page.getByText("None is chosen: your best on the board goes."))
                    .isVisible();
            assertSound(page);
            boxes.nth(0).check();
            boxes.nth(1).check();
            assertThat(boxes.nth(2)).isDisabled();
            assertThat(page.getByText("These are as many as may go.")).isVisible();
            button(page, "Save the choice").click();
            assertThat(page.getByText("Saved.")).isVisible();
            assertSound(page);
            page.reload();
            assertThat(boxes.nth(0)).isChecked();
            assertThat(boxes.nth(1)).isChecked();
            assertThat(boxes.nth(2)).isDisabled();

            Page phone = open(pocket, errors);
            signIn(phone, "katherine", "/tasks/tiny/submissions");
            Locator same = phone.getByRole(AriaRole.CHECKBOX);
            assertThat(same.nth(0)).isChecked();
            assertThat(same.nth(2)).isDisabled();
            assertSound(phone);
            same.nth(0).uncheck();
            same.nth(2).check();
            button(phone, "Save the choice").click();
            assertThat(phone.getByText("Saved.")).isVisible();
            phone.reload();
            assertThat(same.nth(2)).isChecked();
            assertThat(same.nth(0)).not().isChecked();
            assertSound(phone);
            page.reload();
            assertThat(boxes.nth(2)).isChecked();
            assertThat(boxes.nth(0)).not().isChecked();
            assertEquals(List.of(), errors);
        }
    }

    @ParameterizedTest
    @EnumSource(Screen.class)
    void whatTheOrganizerToldAndWhatChangedStandsOnTheContestsPage(Screen screen) throws Exception {
        String title = screen.named("Labels of the validation set were mended");
        olivia.post("/api/tasks/tiny/announcements", """
                {"title": "%s", "text": "Two labels of *iv* were wrong.\\n\\n- Download the data again.\\n- Nothing is judged again."}
                """.formatted(title));
        List<String> errors = new ArrayList<>();
        try (BrowserContext context = context(screen)) {
            Page page = open(context, errors);
            olivia.post("/api/tasks/tiny/pause", "{\"reason\": \"The machine room is moved on Friday.\"}");
            try {
                page.navigate(server.address() + "/tasks/tiny");
                assertThat(page.getByText("This contest is paused.")).isVisible();
                assertThat(page.getByText("The machine room is moved on Friday.")
                                .first())
                        .isVisible();
                assertSound(page);
            } finally {
                olivia.post("/api/tasks/tiny/resume", "{}");
            }
            page.reload();
            assertThat(page.getByText("This contest is paused.")).isHidden();
            assertThat(heading(page, "Said by the organizer")).isVisible();
            assertThat(page.getByText(title)).isVisible();
            assertThat(page.getByText("Download the data again.").first()).isVisible();
            Locator changes = page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("What changed"));
            assertThat(changes).containsText("The machine room is moved on Friday.");
            assertThat(changes).containsText(Pattern.compile("[Vv]ersion 1"));
            assertThat(changes).not().containsText(title);
            assertSound(page);
            assertEquals(List.of(), errors);
        }
    }

    private void uploadToBoard(String name, String strategy, Screen screen) {
        try (BrowserContext context = context(screen)) {
            List<String> errors = new ArrayList<>();
            Page page = context.newPage();
            page.onPageError(errors::add);
            page.navigate(server.address() + "/");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("Four numerals")))
                    .first()
                    .click();
            assertThat(page).hasURL(Pattern.compile("/tasks/tiny"));
            assertAccessible(page);

            signUp(page, name);
            choose(page, strategy);
            assertAccessible(page);
            button(page, "Check").click();
            assertThat(page.getByText(Pattern.compile("is sound")).first()).isVisible(answered());
            assertAccessible(page);
            button(page, "Submit").click();
            assertThat(page)
                    .hasURL(
                            Pattern.compile("/submissions/"),
                            new PageAssertions.HasURLOptions().setTimeout(ANSWERED_MILLIS_MAX));
            assertThat(page.getByText(Pattern.compile("0\\.\\d{3}")).first())
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(JUDGED_MILLIS_MAX));
            assertAccessible(page);

            page.navigate(server.address() + "/tasks/tiny/leaderboard");
            assertThat(page.getByText(name).first()).isVisible(answered());
            assertAccessible(page);
            assertNothingHidesSideways(page);
            assertEquals(List.of(), errors);
        }
    }

    private static BrowserContext context(Screen screen) {
        return browser.context(screen);
    }

    private static LocatorAssertions.IsVisibleOptions answered() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(ANSWERED_MILLIS_MAX);
    }

    private static void signUp(Page page, String name) {
        signUp(page, name, "/tasks/tiny/submit");
    }

    private static void signUp(Page page, String name, String next) {
        page.navigate(server.address() + "/sign-in?next=" + next);
        createAccount(page, name);
        assertThat(page).hasURL(server.address() + next);
    }

    private static void createAccount(Page page, String name) {
        button(page, "Create an account").click();
        page.getByLabel("Name").fill(name);
        page.getByLabel("Password").fill(PASSWORD);
        button(page, "Create the account").click();
    }

    private static void signIn(Page page, String name, String next) {
        page.navigate(server.address() + "/sign-in?next=" + next);
        page.getByLabel("Name").fill(name);
        page.getByLabel("Password").fill(PASSWORD);
        button(page, "Sign in").click();
        assertThat(page).hasURL(server.address() + next);
    }

    private static Page open(BrowserContext context, List<String> errors) {
        return TestBrowser.open(context, errors);
    }

    private static void handOver(Page page, String member) {
        button(page, "Make " + member + " the captain").click();
        assertThat(page.getByText("Only " + member + " can give it back.")).isVisible();
        assertSound(page);
        page.getByRole(AriaRole.ALERTDIALOG)
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Hand over"))
                .click();
    }

    private static Locator heading(Page page, String name) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name));
    }

    private static Locator row(Page page, String text) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(text));
    }

    private static void choose(Page page, String strategy) {
        page.getByLabel("Strategy archive").setInputFiles(folder.resolve("fixtures/strategies/" + strategy + ".zip"));
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
