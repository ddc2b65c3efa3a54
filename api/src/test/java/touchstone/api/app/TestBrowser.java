package touchstone.api.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A real browser, and what holds for every page in it. */
public final class TestBrowser implements AutoCloseable {
    /** What every page is looked at on. */
    public enum Screen {
        DESKTOP(1280, 900),
        PHONE(390, 844);

        private final int width;
        private final int height;

        Screen(int width, int height) {
            this.width = width;
            this.height = height;
        }

        /** A name of its own for each screen, since all accounts live in one house. */
        public String named(String name) {
            return name + "-" + name().toLowerCase(Locale.ROOT);
        }
    }

    private final Playwright playwright;
    private final Browser browser;

    public TestBrowser() {
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

    public BrowserContext context(Screen screen) {
        return browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(screen.width, screen.height)
                .setReducedMotion(ReducedMotion.REDUCE));
    }

    /** A page whose scripts' errors are kept. */
    public static Page open(BrowserContext context, List<String> errors) {
        Page page = context.newPage();
        page.onPageError(errors::add);
        return page;
    }

    /** Whoever cannot see it, and whoever sees it on this screen, finds everything. */
    public static void assertSound(Page page) {
        assertAccessible(page);
        assertNothingHidesSideways(page);
    }

    public static void assertAccessible(Page page) {
        List<String> violations = new AxeBuilder(page)
                .analyze().getViolations().stream()
                        .map(rule -> rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes())
                        .toList();
        assertEquals(List.of(), violations, page.url());
    }

    /** The page itself must not be wider than the screen. */
    public static void assertNothingHidesSideways(Page page) {
        Object wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assertTrue(((Number) wider).intValue() <= 0, () -> "the page is " + wider + " pixels too wide");
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
