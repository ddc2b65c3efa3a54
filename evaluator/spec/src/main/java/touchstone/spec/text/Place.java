package touchstone.spec.text;

/** Where something stands in a file; line and column counted from 1. */
public record Place(String file, int line, int column) {
    /** The place {@code characters} further on the same line. */
    public Place plus(int characters) {
        return new Place(file, line, column + characters);
    }
}
