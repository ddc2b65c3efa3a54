package touchstone.api.judging;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PageAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.fixtures.Fixtures;

/** A person at a browser: from the board through sign-in, check and submit to a result, and back to the board. */
class BrowserTest {
    private static final String PASSWORD = "a long enough password";
    private static final double JUDGED_MILLIS_MAX = 180_000;
    private static final double ANSWERED_MILLIS_MAX = 30_000;

    @TempDir
    private static Path folder;

    private static RealServer server;
    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void open() throws Exception {
        Path data = folder.resolve("data");
        Fixtures.writeTiny(folder.resolve("fixtures"));
        RealServer.run(data, null, "", "init");
        RealServer.run(data, null, PASSWORD + "\n", "admin", "create", "--name", "olivia", "--organizer");
        server = new RealServer(data, null);
        server.start();
        Script.signIn(server.address(), "olivia", PASSWORD).sendZip("/api/tasks", folder.resolve("fixtures/tiny.zip"));
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium())
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    private static Path chromium() {
        return Stream.of(
                        System.getenv().getOrDefault("TOUCHSTONE_CHROMIUM", "/usr/bin/chromium"),
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "the browser test needs Chromium: install it, or point TOUCHSTONE_CHROMIUM at one"));
    }

    @AfterAll
    static void close() throws Exception {
        if (browser != null) browser.close();
        if (playwright != null) playwright.close();
        server.close();
    }

    @Test
    void fromTheBoardToAScoreOnADesktop() {
        uploadToBoard("ada", "brighten", 1280, 900);
    }

    @Test
    void fromTheBoardToAScoreOnAPhone() {
        uploadToBoard("grace", "small-loss", 390, 844);
    }

    @Test
    void showsAProblemAtItsLine() {
        try (BrowserContext context = context(1280, 900)) {
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

    private void uploadToBoard(String name, String strategy, int width, int height) {
        try (BrowserContext context = context(width, height)) {
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

    private static BrowserContext context(int width, int height) {
        return browser.newContext(
                new Browser.NewContextOptions().setViewportSize(width, height).setReducedMotion(ReducedMotion.REDUCE));
    }

    private static LocatorAssertions.IsVisibleOptions answered() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(ANSWERED_MILLIS_MAX);
    }

    private static void signUp(Page page, String name) {
        page.navigate(server.address() + "/sign-in?next=/tasks/tiny/submit");
        button(page, "Create an account").click();
        page.getByLabel("Name").fill(name);
        page.getByLabel("Password").fill(PASSWORD);
        button(page, "Create the account").click();
        assertThat(page).hasURL(Pattern.compile("/tasks/tiny/submit"));
    }

    private static void choose(Page page, String strategy) {
        page.getByLabel("Strategy archive").setInputFiles(folder.resolve("fixtures/strategies/" + strategy + ".zip"));
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static void assertAccessible(Page page) {
        List<String> violations = new AxeBuilder(page)
                .analyze().getViolations().stream()
                        .map(rule -> rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes())
                        .toList();
        assertEquals(List.of(), violations, page.url());
    }

    /** The page itself must not be wider than the screen. */
    private static void assertNothingHidesSideways(Page page) {
        Object wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assertTrue(((Number) wider).intValue() <= 0, () -> "the page is " + wider + " pixels too wide");
    }
}
