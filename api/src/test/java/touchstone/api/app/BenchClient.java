package touchstone.api.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One kept connection that sends the same GET over and over, with as little work as can be. */
public final class BenchClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;
    private final String head;

    /** What was answered last. */
    public int status;

    public String tag = "";
    public int bytes;

    /** @param headers lines that end with CR LF */
    public BenchClient(int port, String path, String headers) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        input = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        output = socket.getOutputStream();
        head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    }

    /** @param held an ETag; empty = none */
    public void get(String held) throws IOException {
        String request = held.isEmpty() ? head + "\r\n" : head + "If-None-Match: " + held + "\r\n\r\n";
        output.write(request.getBytes(StandardCharsets.US_ASCII));
        output.flush();
        readAnswer();
    }

    private void readAnswer() throws IOException {
        status = Integer.parseInt(line().substring(9, 12));
        int length = 0;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(line.substring(15).strip());
            if (lower.startsWith("transfer-encoding:")) chunked = true;
            if (lower.startsWith("etag:")) tag = line.substring(5).strip();
        }
        bytes = chunked ? chunks() : length;
        if (!chunked) input.skipNBytes(length);
    }

    private int chunks() throws IOException {
        int all = 0;
        for (int length = Integer.parseInt(line(), 16); length > 0; length = Integer.parseInt(line(), 16)) {
            input.skipNBytes(length);
            line();
            all += length;
        }
        line();
        return all;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) throw new IOException("the server closed the connection");
            if (next != '\r') line.append((char) next);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
