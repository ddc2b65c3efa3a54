package touchstone.api.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
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
        return house.database().get("select id from task where slug = 'tiny'", row -> row.uuid("id"));
    }

    /** Puts somebody on the team of another, who has submitted already. */
    public static void join(TestHouse house, Person newcomer, Person member) {
        house.database().change("""
                        insert into member (task, account, team)
                        select task, cast(? as uuid), team from member where account = ? and task = ?
                        """, newcomer.account(), member.account(), id(house));
    }
}
