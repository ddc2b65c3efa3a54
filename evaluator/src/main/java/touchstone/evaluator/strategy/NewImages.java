package touchstone.evaluator.strategy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import touchstone.evaluator.data.ImageArray;
import touchstone.evaluator.data.ImageFile;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.PixelIndex;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.strategy.Strategy.FileReference;
import touchstone.spec.strategy.Tables;
import touchstone.spec.text.Place;
import touchstone.spec.text.Problems;

/** The images that a strategy brings, added or in place of others; each is decoded once, however many rows name it. */
final class NewImages {

    private final TaskPack pack;
    private final StrategyFiles files;
    private final Problems problems;
    private final ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    private final List<Place> places = new ArrayList<>();
    private final Map<String, OptionalInt> rowsByFile = new HashMap<>();
    private final Map<ImageArray, Map<Integer, Integer>> rowsByIndex = new IdentityHashMap<>();

    NewImages(TaskPack pack, StrategyFiles files, Problems problems) {
        this.pack = pack;
        this.files = files;
        this.problems = problems;
    }

    /** @param imagesMax null = no limit */
    Optional<ImageArray> array(FileReference reference, @Nullable Integer imagesMax) throws IOException {
        if (!files.has(reference.name(), reference.place())) return Optional.empty();
        int limit = imagesMax == null ? Integer.MAX_VALUE : imagesMax;
        boolean isSound = files.header(reference)
                .map(header -> ImageArray.isSound(reference.name(), header, limit, problems))
                .orElse(false);
        return isSound ? files.array(reference).map(ImageArray::of) : Optional.empty();
    }

    /** Where the image stands among the new ones, or empty with a problem. @param array that the rows count into, if they do */
    OptionalInt row(Tables.Picture picture, Optional<ImageArray> array) throws IOException {
        if (!exists(picture, array)) return OptionalInt.empty();
        if (picture.file() == null) {
            return OptionalInt.of(rowsByIndex
                    .computeIfAbsent(array.orElseThrow(), key -> new HashMap<>())
                    .computeIfAbsent(
                            picture.index(),
                            index -> add(array.get().image(index, pack.base().input()), picture.place())));
        }
        OptionalInt known = rowsByFile.get(picture.file());
        if (known != null) return known;
        Optional<byte[]> image = files.bytes(picture.file())
                .flatMap(bytes ->
                        ImageFile.read(picture.file(), bytes, pack.base().input(), problems));
        OptionalInt row = image.isPresent() ? OptionalInt.of(add(image.get(), picture.place())) : OptionalInt.empty();
        rowsByFile.put(picture.file(), row);
        return row;
    }

    /** Whether there is such an image; told where there is none. */
    boolean exists(Tables.Picture picture, Optional<ImageArray> array) {
        if (picture.file() != null) return files.has(picture.file(), picture.place());
        if (picture.index() < array.orElseThrow().size()) return true;
        problems.add(
                picture.place(),
                "the array has no image " + picture.index(),
                "count from 0 to " + (array.get().size() - 1));
        return false;
    }

    private int add(byte[] image, Place place) {
        pixels.writeBytes(image);
        places.add(place);
        return places.size() - 1;
    }

    /** Unsigned bytes, [image, channel, row, column]. Tells of images of the validation set: they are there to measure. */
    byte[] pixels() {
        byte[] all = pixels.toByteArray();
        if (places.isEmpty()) return all;
        int size = pack.base().input().pixels();
        PixelIndex index = new PixelIndex(size);
        for (int i = 0; i < places.size(); i++) index.add(all, i * size, i);
        Part validation = pack.validation();
        for (int i = 0; i < validation.size(); i++) {
            for (int found : index.equalTo(validation.images(), i * size)) {
                problems.add(
                        places.get(found),
                        "this image is '" + validation.ids().get(i) + "' of the validation set",
                        "leave it out: what is measured on is not trained on");
            }
        }
        return all;
    }
}
