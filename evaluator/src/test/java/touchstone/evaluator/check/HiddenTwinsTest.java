package touchstone.evaluator.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import touchstone.evaluator.TestTasks;
import touchstone.evaluator.data.Part;
import touchstone.evaluator.data.TaskPack;
import touchstone.spec.task.Publication.Duplicates;

final class HiddenTwinsTest {

    /** The tiny task with some hidden images put in place of training images. */
    private static TaskPack with(int equal, int nearlyEqual) {
        TaskPack tiny = TestTasks.tiny();
        Part hidden = tiny.hidden().orElseThrow().part();
        int pixels = hidden.input().pixels();
        byte[] images = hidden.images().clone();
        for (int i = 0; i < equal + nearlyEqual; i++)
            System.arraycopy(tiny.base().images(), i * pixels, images, i * pixels, pixels);
        for (int i = equal; i < equal + nearlyEqual; i++) images[i * pixels] ^= 1;
        Part changed = new Part(hidden.input(), images, hidden.labels(), hidden.ids(), hidden.metadata());
        return tiny.withHidden(
                new TaskPack.Hidden(changed, tiny.hidden().orElseThrow().publicFold()));
    }

    @Test
    void countsEqualAndNearlyEqualOnesAndNamesTheirTwins() {
        Duplicates before = HiddenTwins.find(TestTasks.tiny());
        Duplicates found = HiddenTwins.find(with(3, 2));
        assertEquals(80, found.hidden());
        assertEquals(before.train().exact() + 3, found.train().exact());
        assertTrue(found.train().near() >= 2);
        TaskPack tiny = TestTasks.tiny();
        assertTrue(
                found.train().ids().containsAll(tiny.base().ids().subList(0, 3)),
                found.train().ids().toString());
        assertEquals((found.train().exact() + found.train().near()) / 80.0, found.trainShare());
    }

    @Test
    void ofOtherPicturesNoneIsEqual() {
        assertEquals(0, HiddenTwins.find(TestTasks.tiny()).train().exact());
    }
}
