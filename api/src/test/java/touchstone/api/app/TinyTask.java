package touchstone.api.app;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The task {@code tiny}, published once in each house, and who takes part in it. */
public final class TinyTask {
    public static final String PATH = "/api/tasks/tiny";

    private static final Map<DatabaseKind, Person> ORGANIZERS = new EnumMap<>(DatabaseKind.class);

    private TinyTask() {}

    /** Publishes the task if it is not there yet; its organizer. */
    public static synchronized Person organizer(DatabaseKind kind) {
        return ORGANIZERS.computeIfAbsent(kind, any -> {
            TestHouse house = TestHouse.on(kind);
            Person olivia = house.organizer("olivia");
            try {
                Person.Answer answer = olivia.postZip("/api/tasks", house.fixture("tiny.zip"));
                if (answer.status() != 201) throw new AssertionError(answer.text());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return olivia;
        });
    }

    /** The archive of the task under another name, public; {@code lines} are added to task.yaml. */
    public static byte[] renamed(TestHouse house, String name, String title, String... lines) {
        return archive(house, name, title, "public", lines);
    }

    /** The archive of the task under another name. @param access public or invited; {@code lines} are added to task.yaml */
    public static byte[] archive(TestHouse house, String name, String title, String access, String... lines) {
        try {
            return archive(house.fixture("tiny.zip"), name, title, access, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param tiny the archive of the task as the fixtures have it */
    public static byte[] archive(byte[] tiny, String name, String title, String access, String... lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream from = new ZipInputStream(new ByteArrayInputStream(tiny));
                ZipOutputStream to = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                byte[] content = from.readAllBytes();
                if (entry.getName().equals("task.yaml"))
                    content = (new String(content, StandardCharsets.UTF_8)
                                            .replaceFirst("(?m)^name:.*$", "name: " + name)
                                            .replaceFirst("(?m)^title:.*$", "title: " + title)
                                            .replaceFirst("(?m)^access:.*$", "access: " + access)
                                    + String.join("", lines))
                            .getBytes(StandardCharsets.UTF_8);
                to.write(content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A sound strategy that does nothing; every title makes another. */
    public static byte[] strategy(String title) {
        return zip(Map.of("strategy.yaml", "strategy: 1\ntitle: " + title + "\n"));
    }

    public static byte[] zip(Map<String, String> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static UUID id(TestHouse house) {
        return id(house, "tiny");
    }

    public static UUID id(TestHouse house, String name) {
        return house.database().get("select id from task where slug = ?", row -> row.uuid("id"), name);
    }

    /** Puts somebody on the team of another, who has submitted already. */
    public static void join(TestHouse house, Person newcomer, Person member) {
        join(house, "tiny", newcomer, member);
    }

    static void join(TestHouse house, String name, Person newcomer, Person member) {
        house.database().change("""
                        insert into member (task, account, team, joined)
                        select task, cast(? as uuid), team, joined from member where account = ? and task = ?
                        """, newcomer.account(), member.account(), id(house, name));
    }
}
