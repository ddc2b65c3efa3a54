package touchstone.api.judging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/** A script of somebody: signs up or in, makes a token, and uses it from then on. */
final class Script {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int BUSY = 503;
    private static final int TRIES_MAX = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address;
    private final String token;

    private Script(String address, String token) {
        this.address = address;
        this.token = token;
    }

    static Script signUp(String address, String name, String password) throws IOException, InterruptedException {
        return open(address, "/api/accounts", name, password);
    }

    static Script signIn(String address, String name, String password) throws IOException, InterruptedException {
        return open(address, "/api/session", name, password);
    }

    private static Script open(String address, String path, String name, String password)
            throws IOException, InterruptedException {
        HttpResponse<String> session = send(request(address + path)
                .POST(BodyPublishers.ofString(JSON.createObjectNode()
                        .put("name", name)
                        .put("password", password)
                        .toString())));
        String cookie = session.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        HttpResponse<String> token = send(request(address + "/api/tokens")
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .POST(BodyPublishers.ofString("{\"name\":\"script\"}")));
        return new Script(address, JSON.readTree(token.body()).path("token").asText());
    }

    String token() {
        return token;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return read(request(address + path).GET());
    }

    JsonNode post(String path, String json) throws IOException, InterruptedException {
        return read(request(address + path).POST(BodyPublishers.ofString(json)));
    }

    JsonNode sendZip(String path, Path zip) throws IOException, InterruptedException {
        return read(HttpRequest.newBuilder(URI.create(address + path))
                .header("Content-Type", "application/zip")
                .POST(BodyPublishers.ofFile(zip)));
    }

    private JsonNode read(HttpRequest.Builder request) throws IOException, InterruptedException {
        return JSON.readTree(
                send(request.header("Authorization", "Bearer " + token)).body());
    }

    private static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(address)).header("Content-Type", "application/json");
    }

    /** A busy server asks to be asked again, and so scripts do. */
    private static HttpResponse<String> send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        for (int tries = 1; response.statusCode() == BUSY && tries < TRIES_MAX; tries++)
            response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300)
            throw new IOException(
                    request.method() + " " + request.uri() + ": " + response.statusCode() + " " + response.body());
        return response;
    }
}
