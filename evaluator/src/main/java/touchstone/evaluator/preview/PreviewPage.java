package touchstone.evaluator.preview;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import touchstone.spec.task.TaskFile.Input;

/** Draws a preview as one image: a row a sample, a column a step, each pixel enlarged to a square. */
public final class PreviewPage {

    /** About how long a cell's longer side is drawn. */
    private static final int CELL = 96;

    private static final int GAP = 6;
    private static final int LINE = 17;
    private static final int LABELS = 110;
    private static final int CHARACTERS_MAX = 14;
    private static final Color PAPER = Color.WHITE;
    private static final Color INK = new Color(0x222222);

    private final Preview preview;
    private final Input input;
    private final Optional<Font> font;
    private final int zoom;

    /** @param font for the words; without one there are none */
    public PreviewPage(Preview preview, Optional<Font> font) {
        this.preview = preview;
        this.input = preview.input();
        this.font = font;
        this.zoom = Math.max(1, CELL / Math.max(input.width(), input.height()));
    }

    /** A font that can be drawn with, or empty: a machine without a screen may have none, and Java then fails in many ways. */
    public static Optional<Font> usableFont() {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
            boolean usable = graphics.getFontMetrics(font).stringWidth("x") > 0;
            return usable ? Optional.of(font) : Optional.empty();
        } catch (RuntimeException | LinkageError | InternalError e) {
            return Optional.empty();
        } finally {
            graphics.dispose();
        }
    }

    public BufferedImage draw() {
        List<String> legend = preview.legend();
        int columns = preview.steps().size() + 1;
        int rows = preview.rows().size();
        int left = font.isPresent() ? LABELS : GAP;
        int top = font.isPresent() ? 2 * LINE + GAP : GAP;
        int bottom = top + rows * (input.height() * zoom + GAP);
        int right = left + columns * (input.width() * zoom + GAP);
        int width = right;
        int height = bottom;
        if (font.isPresent()) {
            height += (legend.size() - 1) * LINE + GAP;
            for (String line : legend) width = Math.max(width, widthOf(line) + 2 * GAP);
        }
        BufferedImage page = new BufferedImage(width, height, type());
        Graphics2D graphics = page.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        graphics.setColor(PAPER);
        graphics.fillRect(0, 0, width, height);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                Preview.Cell cell = preview.rows().get(row).cells().get(column);
                graphics.setComposite(AlphaComposite.SrcOver.derive(cell.changed() ? 1 : 0.3f));
                graphics.drawImage(
                        image(cell.pixels()),
                        left + column * (input.width() * zoom + GAP),
                        top + row * (input.height() * zoom + GAP),
                        input.width() * zoom,
                        input.height() * zoom,
                        null);
            }
        }
        graphics.setComposite(AlphaComposite.SrcOver);
        font.ifPresent(words -> write(graphics, words, legend, left, top, bottom));
        graphics.dispose();
        return page;
    }

    private void write(Graphics2D graphics, Font words, List<String> legend, int left, int top, int bottom) {
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(INK);
        graphics.setFont(words.deriveFont(Font.BOLD));
        graphics.drawString(legend.getFirst(), GAP, LINE);
        for (int column = 0; column <= preview.steps().size(); column++) {
            graphics.drawString(String.valueOf(column), left + column * (input.width() * zoom + GAP), top - GAP / 2);
        }
        graphics.setFont(words);
        for (int row = 0; row < preview.rows().size(); row++) {
            int middle = top + row * (input.height() * zoom + GAP) + input.height() * zoom / 2;
            graphics.drawString(shortened(preview.rows().get(row).label()), GAP, middle);
            graphics.drawString(shortened(preview.rows().get(row).id()), GAP, middle + LINE);
        }
        for (int i = 1; i < legend.size(); i++) {
            graphics.drawString(legend.get(i), GAP, bottom + i * LINE - GAP / 2);
        }
    }

    private static String shortened(String text) {
        return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX - 1) + "…";
    }

    private int widthOf(String line) {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            return graphics.getFontMetrics(font.orElseThrow().deriveFont(Font.BOLD))
                    .stringWidth(line);
        } finally {
            graphics.dispose();
        }
    }

    /** One channel is grey; three are red, green and blue. */
    private BufferedImage image(byte[] pixels) {
        BufferedImage image = new BufferedImage(input.width(), input.height(), type());
        int area = input.width() * input.height();
        for (int i = 0; i < pixels.length; i++) {
            int row = i % area / input.width();
            image.getRaster().setSample(i % input.width(), row, i / area, pixels[i] & 0xff);
        }
        return image;
    }

    private int type() {
        return input.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    }
}
