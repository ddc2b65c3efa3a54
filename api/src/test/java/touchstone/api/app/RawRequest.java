package touchstone.api.app;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request written byte by byte, as no client library would send it. One connection each.
 *
 * @param target as it stands in the first line
 * @param headers name, value, name, value; none is added but {@code Host} and {@code Connection}
 * @param declared what {@code Content-Length} says; -1 = no such header
 */
record RawRequest(String method, String target, List<String> headers, byte[] body, long declared) {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(15);
    private static final int SHOWN_MAX = 600;

    /** @param status 0 = the server closed the connection without an answer */
    record Answer(int status, List<String> headers, byte[] body, Duration took) {
        String header(String name) {
            for (int i = 0; i < headers.size(); i += 2)
                if (headers.get(i).equalsIgnoreCase(name)) return headers.get(i + 1);
            return "";
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    RawRequest {
        headers = List.copyOf(headers);
    }

    Answer send(URI server) throws IOException {
        long began = System.nanoTime();
        byte[] answered;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
            socket.setSoTimeout((int) ANSWER_MAX.toMillis());
            answered = exchange(socket);
        }
        return parse(answered, Duration.ofNanos(System.nanoTime() - began));
    }

    private byte[] exchange(Socket socket) throws IOException {
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        try {
            OutputStream out = socket.getOutputStream();
            out.write(head().getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            // A body that ends before its length says so only when nothing more can come.
            if (unfinished()) socket.shutdownOutput();
        } catch (IOException e) {
            // Refused before everything was sent: the answer may still be there to read.
        }
        try {
            socket.getInputStream().transferTo(answered);
        } catch (IOException e) {
            // Too late, or reset after a refusal: what came before counts.
        }
        return answered.toByteArray();
    }

    /** Whether the body ends before the server can know that. */
    boolean unfinished() {
        return declared > body.length || headers.contains("Transfer-Encoding");
    }

    private String head() {
        StringBuilder head =
                new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (int i = 0; i < headers.size(); i += 2)
            head.append(headers.get(i)).append(": ").append(headers.get(i + 1)).append("\r\n");
        if (declared >= 0) head.append("Content-Length: ").append(declared).append("\r\n");
        return head.append("\r\n").toString();
    }

    private static Answer parse(byte[] bytes, Duration took) throws IOException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) return new Answer(0, List.of(), bytes, took);
        String[] lines = text.substring(0, end).split("\r\n");
        List<String> headers = new ArrayList<>();
        boolean chunked = false;
        for (int i = 1; i < lines.length; i++) {
            String[] parts = lines[i].split(":", 2);
            headers.add(parts[0].strip());
            headers.add(parts.length > 1 ? parts[1].strip() : "");
            chunked |= lines[i].toLowerCase(Locale.ROOT).startsWith("transfer-encoding: chunked");
        }
        byte[] rest = java.util.Arrays.copyOfRange(bytes, end + 4, bytes.length);
        int status = Integer.parseInt(lines[0].split(" ")[1]);
        return new Answer(status, headers, chunked ? unchunked(rest) : rest, took);
    }

    private static byte[] unchunked(byte[] bytes) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        InputStream in = new ByteArrayInputStream(bytes);
        while (true) {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) if (c != '\r') line.append((char) c);
            int length = line.isEmpty() ? 0 : Integer.parseInt(line.toString(), 16);
            if (length == 0) return whole.toByteArray();
            whole.write(in.readNBytes(length));
            in.skipNBytes(2);
        }
    }

    @Override
    public String toString() {
        String shown = head() + new String(body, StandardCharsets.ISO_8859_1);
        String printable = shown.replaceAll("[^\\x20-\\x7e\\n]", "?");
        if (printable.length() <= SHOWN_MAX) return printable;
        return printable.substring(0, SHOWN_MAX) + "… (" + body.length + " bytes of body)";
    }
}
