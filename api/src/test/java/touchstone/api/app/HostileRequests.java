package touchstone.api.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.zip.GZIPOutputStream;

/** Requests that nobody means well with, made from what {@code /openapi.json} says of an operation. The same seed, the same request. */
final class HostileRequests {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** No word here may look like what an answer must not hold. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "\u0000",
            "a\u0000b",
            "\u0001\u0007\u001b[31m",
            "\ud800",
            "\udc00\ud800",
            "\u202egnp.exe",
            "\ufeff",
            "'; drop table account; --",
            "%s%n%x",
            "${jndi:ldap://x}",
            "<script>alert(1)</script>",
            "../../../etc/passwd",
            "a".repeat(300),
            "b".repeat(70_000),
            "9".repeat(400),
            "\u00e9\u0301\u1e9e\ufb01\ud83d\ude00",
            "null",
            "true",
            "-1",
            "1e400",
            "2026-02-30T25:61:00Z",
            "+999999999-12-31T23:59:59Z",
            "00000000-0000-0000-0000-000000000000",
            "1-1-1-1-1",
            "urn:uuid:1",
            "\r\nX-Injected: 1",
            "=cmd|' /C calc'!A0");

    private static final List<String> PATH_PIECES = List.of(
            "%00",
            "a%00b",
            "%2e%2e",
            "..",
            ".",
            "%2F",
            "..%2f..%2f..%2fetc%2fpasswd",
            "%2e%2e%2f%2e%2e%2f",
            "%ff%fe",
            "%c0%ae%c0%ae",
            "%",
            "%zz",
            "a;b=c",
            "a%3Bb",
            "%20",
            "%0d%0aX-Injected:1",
            "%F0%9F%98%80",
            "-1",
            "0",
            "NaN",
            "9223372036854775808",
            "1.5",
            "*",
            "{id}",
            "'",
            "%27%20or%201%3D1",
            "%5c",
            "a".repeat(3_000),
            "");

    private static final List<String> NUMBERS = List.of(
            "-1",
            "0",
            "-0",
            "1e999",
            "-1e999",
            "NaN",
            "Infinity",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "1e308",
            "0.1",
            "1".repeat(2_000),
            "1e-400",
            "0x10",
            "01");

    private static final List<String> TYPES = List.of(
            "text/xml",
            "text/plain",
            "application/json; charset=utf-16",
            "application/json; charset=no-such",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "application/zip",
            "application/octet-stream",
            "application/problem+json",
            "*/*",
            "json",
            "/",
            "application/" + "x".repeat(2_000),
            "\"",
            "");

    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO", "get", "CONNECT");

    private final JsonNode document;
    private final BiFunction<String, Random, String> known;
    private final List<String> credentials;

    /**
     * @param known a value that exists for a variable's name, or a foreign one
     * @param credentials headers, as name, tab, value; an empty one is nobody
     */
    HostileRequests(JsonNode document, BiFunction<String, Random, String> known, List<String> credentials) {
        this.document = document;
        this.known = known;
        this.credentials = List.copyOf(credentials);
    }

    /** @param path as the document writes it */
    record Operation(String method, String path) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method.toUpperCase(java.util.Locale.ROOT)))
                        operations.add(new Operation(method.toUpperCase(java.util.Locale.ROOT), path.getKey()));
                }));
        return operations;
    }

    RawRequest make(Operation operation, long seed) {
        return new Making(operation, new Random(seed)).request();
    }

    private final class Making {
        private final Operation operation;
        private final JsonNode described;
        private final Random random;
        private final List<String> headers = new ArrayList<>();

        Making(Operation operation, Random random) {
            this.operation = operation;
            this.described = document.get("paths")
                    .get(operation.path())
                    .get(operation.method().toLowerCase(java.util.Locale.ROOT));
            this.random = random;
        }

        RawRequest request() {
            String target = path() + query();
            String credential = one(credentials);
            addCredential(credential);
            if (chance(8)) addCredential(one(credentials));
            String method = chance(30) ? one(METHODS) : operation.method();
            Body body = body();
            strangeHeaders();
            if (body.type != null) header("Content-Type", body.type);
            if (body.type != null && chance(40)) header("Content-Type", one(TYPES));
            return new RawRequest(method, target, headers, body.bytes, body.declared);
        }

        private void addCredential(String credential) {
            if (credential.isEmpty()) return;
            String[] parts = credential.split("\t", 2);
            header(parts[0], parts[1]);
        }

        private void header(String name, String value) {
            headers.add(name);
            headers.add(value);
        }

        private String path() {
            StringBuilder path = new StringBuilder();
            for (String piece : operation.path().substring(1).split("/")) {
                path.append('/');
                if (!piece.startsWith("{")) path.append(chance(60) ? one(PATH_PIECES) : piece);
                else path.append(variable(piece.substring(1, piece.length() - 1)));
            }
            if (chance(40))
                path.append(one(List.of("/", "//", "/..", "/%2e%2e/", ";x", "#x", "%00", "/.", "?", ".json")));
            return path.toString();
        }

        private String variable(String name) {
            if (!chance(3)) return known.apply(name, random);
            return chance(3) ? URLEncoder.encode(one(TEXTS), StandardCharsets.UTF_8) : one(PATH_PIECES);
        }

        private String query() {
            List<String> parts = new ArrayList<>();
            for (JsonNode parameter : described.path("parameters")) {
                if (!parameter.path("in").asText().equals("query") || chance(2)) continue;
                String name = parameter.get("name").asText();
                for (int i = chance(6) ? 2 : 1; i > 0; i--) parts.add(name + "=" + queryValue());
            }
            if (chance(15))
                parts.add(one(
                        List.of("x=1", "=", "&&&", "%", "a[]=1", "after", "after=%00", "caller=1", "size=9999999")));
            return parts.isEmpty() ? "" : "?" + String.join("&", parts);
        }

        private String queryValue() {
            return switch (random.nextInt(4)) {
                case 0 -> one(NUMBERS);
                case 1 -> one(PATH_PIECES);
                case 2 -> known.apply("query", random);
                default -> {
                    String text = one(TEXTS);
                    yield URLEncoder.encode(
                            text.length() > 3_000 ? text.substring(0, 3_000) : text, StandardCharsets.UTF_8);
                }
            };
        }

        private void strangeHeaders() {
            if (chance(5)) header("Idempotency-Key", headerText());
            if (chance(8)) header("If-None-Match", one(List.of("*", "\"", "W/\"x\", *", ",,,", "x".repeat(5_000))));
            if (chance(6))
                header(
                        "Accept",
                        one(List.of(
                                "text/html",
                                "text/xml",
                                "*/*;q=foo",
                                "image/png",
                                ";",
                                "application/json;q=2",
                                "text/csv",
                                "")));
            if (chance(10)) header("Origin", one(List.of("https://evil.example", "null", "", ":", "http://localhost")));
            if (chance(10)) header("Sec-Fetch-Site", one(List.of("cross-site", "same-origin", "none", "x")));
            if (chance(15))
                header(
                        "Range",
                        one(List.of("bytes=0-", "bytes=-1", "bytes=9-1", "x=1", "bytes=99999999999999999999-")));
            if (chance(15))
                header(
                        "X-Forwarded-For",
                        one(List.of("1.2.3.4", "::1", "not an address", "1.2.3.4, 5.6.7.8, " + "9".repeat(500))));
            if (chance(20)) header("Forwarded", "for=\"_x\";proto=gopher");
            if (chance(15))
                header(
                        "Cookie",
                        one(List.of(
                                "touchstone=",
                                "touchstone",
                                "=;=;=",
                                "touchstone=x; touchstone=y",
                                "a".repeat(5_000))));
            if (chance(20)) header("Touchstone-Session", headerText());
            if (chance(20)) header("Touchstone-Digest", headerText());
            if (chance(25)) header("Last-Event-ID", headerText());
            if (chance(25)) header("X-HTTP-Method-Override", "DELETE");
            if (chance(25)) header("Host", "other.example");
            if (chance(25)) header("Accept-Language", "x".repeat(100));
        }

        private String headerText() {
            return one(List.of(
                    "k", "", " ", "k".repeat(200), "k".repeat(201), "\u0001", "\u00e9", "a\tb", "x".repeat(6_000)));
        }

        /** @param type null = no such header */
        private record Body(
                @org.jspecify.annotations.Nullable String type, byte[] bytes, long declared) {
            static Body of(@org.jspecify.annotations.Nullable String type, byte[] bytes) {
                return new Body(type, bytes, bytes.length);
            }
        }

        private Body body() {
            JsonNode content = described.path("requestBody").path("content");
            if (content.isMissingNode()) {
                if (!chance(8))
                    return new Body(null, new byte[0], operation.method().equals("GET") ? -1 : 0);
                return Body.of(one(TYPES), utf8("{\"x\": 1}"));
            }
            List<String> types = new ArrayList<>();
            content.fieldNames().forEachRemaining(types::add);
            String type = one(types);
            byte[] sound =
                    type.equals("application/json") ? json(content.get(type).path("schema")) : bytes();
            return switch (random.nextInt(16)) {
                case 0 -> Body.of(one(TYPES), sound);
                case 1 -> Body.of(null, sound);
                case 2 -> new Body(type, new byte[0], chance(2) ? -1 : 0);
                case 3 -> new Body(type, Arrays.copyOf(sound, sound.length / 2), sound.length);
                case 4 -> Body.of(type, Arrays.copyOf(sound, sound.length / 2));
                case 5 -> {
                    header("Content-Encoding", one(List.of("gzip", "deflate", "br", "x", "gzip, gzip")));
                    yield Body.of(type, chance(2) ? bomb() : sound);
                }
                case 6 -> Body.of(type, utf8(one(List.of("[", "{\"a\":")).repeat(20_000)));
                case 7 -> Body.of(type, sound.length == 0 ? sound : flipped(sound));
                case 8 -> {
                    header("Transfer-Encoding", "chunked");
                    yield new Body(
                            type,
                            utf8(one(List.of("zz\r\n\r\n", "5\r\nab", "fffffffffffffffff\r\n", "0\r\n\r\n"))),
                            -1);
                }
                case 9 ->
                    Body.of(
                            type,
                            utf8(one(List.of(
                                    "null",
                                    "1",
                                    "\"x\"",
                                    "[]",
                                    "{}",
                                    "NaN",
                                    "'",
                                    "{",
                                    "\ufeff{}",
                                    "{}{}",
                                    "//x\n{}"))));
                default -> Body.of(type, sound);
            };
        }

        private byte[] bytes() {
            byte[] bytes = new byte[random.nextInt(2_000)];
            random.nextBytes(bytes);
            // What begins as a zip is worth a check of some seconds: other tests send those.
            if (bytes.length > 0 && bytes[0] == 'P') bytes[0] = 'Q';
            return bytes;
        }

        private byte[] flipped(byte[] sound) {
            byte[] bytes = sound.clone();
            for (int i = 0; i < 3; i++) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            return bytes;
        }

        private byte[] bomb() {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                byte[] spaces = new byte[1 << 20];
                Arrays.fill(spaces, (byte) ' ');
                for (int i = 0; i < 30; i++) gzip.write(spaces);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return packed.toByteArray();
        }

        private byte[] json(JsonNode schema) {
            try {
                String text = JSON.writeValueAsString(value(schema, 0));
                // Numbers that are none cannot be written by a library.
                return utf8(text.replace("\"#number\"", one(NUMBERS)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private JsonNode value(JsonNode schema, int depth) {
            if (chance(7) || depth > 6) return hostile();
            JsonNode resolved = resolved(schema);
            if (resolved.has("allOf")) {
                ObjectNode all = JSON.createObjectNode();
                for (JsonNode part : resolved.get("allOf"))
                    if (value(part, depth + 1) instanceof ObjectNode of) all.setAll(of);
                return all;
            }
            if (resolved.has("enum") && !chance(3))
                return resolved.get("enum")
                        .get(random.nextInt(resolved.get("enum").size()));
            return switch (resolved.path("type").asText("object")) {
                case "string" -> JSON.getNodeFactory().textNode(chance(2) ? known.apply("text", random) : one(TEXTS));
                case "integer", "number" ->
                    chance(2)
                            ? JSON.getNodeFactory().numberNode(random.nextInt(20) - 2)
                            : JSON.getNodeFactory().textNode("#number");
                case "boolean" -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
                case "array" -> {
                    ArrayNode array = JSON.createArrayNode();
                    for (int i = chance(12) ? 3_000 : random.nextInt(4); i > 0; i--)
                        array.add(value(resolved.path("items"), depth + 1));
                    yield array;
                }
                default -> {
                    ObjectNode object = JSON.createObjectNode();
                    resolved.path("properties").properties().forEach(field -> {
                        if (!chance(8)) object.set(field.getKey(), value(field.getValue(), depth + 1));
                    });
                    if (chance(10)) object.set("unknown", hostile());
                    yield object;
                }
            };
        }

        private JsonNode resolved(JsonNode schema) {
            String reference = schema.path("$ref").asText();
            if (reference.isEmpty()) return schema;
            return document.at(reference.substring(1));
        }

        private JsonNode hostile() {
            return switch (random.nextInt(7)) {
                case 0 -> JSON.nullNode();
                case 1 -> JSON.createArrayNode().add(JSON.createArrayNode());
                case 2 -> JSON.createObjectNode().put("$type", "x");
                case 3 -> JSON.getNodeFactory().booleanNode(true);
                case 4 -> JSON.getNodeFactory().textNode("#number");
                default -> JSON.getNodeFactory().textNode(one(TEXTS));
            };
        }

        private <T> T one(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private boolean chance(int in) {
            return random.nextInt(in) == 0;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
