package touchstone.api.account;

import io.micronaut.http.HttpStatus;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import touchstone.api.http.Refusal;

/** The rules for names of people and teams, and for passwords. */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}]([\\p{L}\\p{N} ._-]{0,38}[\\p{L}\\p{N}])?");
    private static final int NAME_MAX = 40;
    /** The column's width. */
    private static final int FOLDED_MAX = 80;

    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");
    /** RFC 5321; the column's width. */
    private static final int EMAIL_MAX = 254;

    private static final int PASSWORD_MIN = 8;

    /** Argon2 takes any length; this only bounds the work of one request. */
    private static final int PASSWORD_MAX = 200;

    private Names() {}

    /** The name as it is compared. */
    public static String folded(String name) {
        return Normalizer.normalize(name.strip(), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    public static String check(String name) {
        String stripped = Normalizer.normalize(name.strip(), Normalizer.Form.NFC);
        // Letters beyond the first plane take two places, and a ligature may fold into many letters.
        if (!NAME.matcher(stripped).matches()
                || stripped.length() > NAME_MAX
                || folded(stripped).length() > FOLDED_MAX)
            throw refusal(
                    "name",
                    "The name does not fit: write 1 to 40 letters, digits, spaces, \".\", \"_\" or \"-\", with a letter or digit first and last.");
        return stripped;
    }

    /** Only that it can be kept and looks like one: whether anybody reads what is sent there, no rule tells. */
    static String checkEmail(String email) {
        String stripped = email.strip();
        if (!EMAIL.matcher(stripped).matches()
                || stripped.length() > EMAIL_MAX
                || folded(stripped).length() > EMAIL_MAX)
            throw refusal(
                    "email",
                    "The e-mail address does not fit: write one such as ann@example.org, at most " + EMAIL_MAX
                            + " characters, or leave it out.");
        return stripped;
    }

    static String checkPassword(String password) {
        if (password.length() < PASSWORD_MIN || password.length() > PASSWORD_MAX)
            throw refusal(
                    "password",
                    "The password has " + password.length() + " characters; it needs " + PASSWORD_MIN + " to "
                            + PASSWORD_MAX + ".");
        return password;
    }

    private static Refusal refusal(String code, String detail) {
        return Refusal.of(HttpStatus.UNPROCESSABLE_ENTITY, code, "This does not do", detail);
    }
}
