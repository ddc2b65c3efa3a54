package touchstone.evaluator.data;

import java.security.MessageDigest;
import java.util.List;

/** One file of a pack, in chunks that are never copied together: an array may be a large part of what memory holds. */
record Piece(List<byte[]> chunks) {
    Piece {
        chunks = List.copyOf(chunks);
    }

    static Piece of(byte[]... chunks) {
        return new Piece(List.of(chunks));
    }

    static Piece of(Npy array) {
        return of(Npy.head(array), array.data());
    }

    long size() {
        return chunks.stream().mapToLong(chunk -> chunk.length).sum();
    }

    String digest() {
        MessageDigest digest = Digests.sha256();
        chunks.forEach(digest::update);
        return Digests.hex(digest.digest());
    }
}
