package touchstone.api.submission;

import java.util.List;
import java.util.UUID;
import touchstone.api.task.Invitations;

/**
 * A team as its members see it.
 *
 * @param baseline an organizer's: not ranked, and nobody joins it
 * @param captain whether the reader is the captain, who invites, removes and renames
 * @param frozen a submission was scored, and nobody comes or goes any more
 * @param nameStays a submission was scored, so the name stays as well
 * @param invitations that are still good, without their codes; told to the captain alone
 */
record TeamView(
        UUID id,
        String name,
        boolean baseline,
        boolean captain,
        boolean frozen,
        boolean nameStays,
        int membersMax,
        List<Teams.Member> members,
        List<Invitations.Invitation> invitations) {}
