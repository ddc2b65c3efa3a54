package touchstone.api.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import touchstone.api.app.DatabaseKind;
import touchstone.api.app.OnEachDatabase;
import touchstone.api.app.Person;
import touchstone.api.app.TestHouse;
import touchstone.api.audit.Audit;
import touchstone.api.storage.DatabaseFault;

@OnEachDatabase
final class AuditLogTest {
    private final DatabaseKind kind;
    private final TestHouse house;

    AuditLogTest(DatabaseKind kind) {
        this.kind = kind;
        house = TestHouse.on(kind);
    }

    @Test
    void itIsReadInPagesAndByActorActAndObject() {
        Person ada = house.administrator("ada");
        String object = UUID.randomUUID().toString();
        Audit audit = house.bean(Audit.class);
        for (int i = 0; i < 205; i++)
            audit.record(i % 2 == 0 ? ada.account() : null, "thing.turn", object, "turn " + i);
        audit.record(null, "thing.end", object, "");

        List<String> turns = new ArrayList<>();
        String path = "/api/operator/audit?object=" + object + "&act=thing.turn";
        for (String after = ""; ; ) {
            JsonNode page = ada.get(path + after).json();
            page.path("items").forEach(item -> turns.add(item.path("detail").asText()));
            if (page.path("next").isNull()) break;
            after = "&after=" + page.path("next").asText();
        }

        assertEquals(205, turns.size());
        assertEquals("turn 204", turns.getFirst());
        assertEquals("turn 0", turns.getLast());
        assertEquals(
                "thing.end",
                ada.get("/api/operator/audit?act=thing.&object=" + object)
                        .json()
                        .path("items")
                        .path(0)
                        .path("act")
                        .asText());
        JsonNode own =
                ada.get("/api/operator/audit?actor=" + ApiText.part(ada.name())).json();
        assertEquals(100, own.path("items").size());
        assertEquals(ada.name(), own.path("items").path(0).path("actor").asText());
        assertEquals("act", ada.get("/api/operator/audit?act=%25").code());
    }

    @Test
    void noCodeChangesIt() throws IOException {
        Pattern change =
                Pattern.compile("(update|delete\\s+from|truncate(\\s+table)?)\\s+audit\\b", Pattern.CASE_INSENSITIVE);
        Path sources = TestHouse.repository().resolve("api/src/main");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Path> changing = files.filter(file -> file.toString().matches(".*\\.(java|sql)"))
                    .filter(file -> change.matcher(read(file)).find())
                    .toList();
            assertEquals(List.of(), changing);
        }
        assertTrue(change.matcher("delete from\n audit where").find());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void postgresRefusesToChangeItItself() {
        if (kind != DatabaseKind.POSTGRES) return;
        house.bean(Audit.class).record(null, "thing.turn", "x", "");
        for (String sql : List.of("update audit set act = 'x'", "delete from audit", "truncate audit")) {
            DatabaseFault refused =
                    assertThrows(DatabaseFault.class, () -> house.database().change(sql));
            assertTrue(String.valueOf(refused.getMessage()).contains("only ever appended to"), refused.getMessage());
        }
    }
}
