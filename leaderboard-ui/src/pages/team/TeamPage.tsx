import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { explain } from '../../api/explain'
import { handTeamOver, inviteToTeam, joinTeam, keys, leaveTeam, makeTeam, removeMember, renameTeam, sessionQuery, takeInvitationBack, teamQuery } from '../../api/queries'
import type { Team } from '../../api/types'
import { useTask } from '../../api/useTask'
import { ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { counted } from '../../format/numbers'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { Confirm } from '../../ui/Confirm'
import { Moment } from '../../ui/Moment'
import { Skeleton } from '../../ui/Skeleton'
import { Snippet } from '../../ui/Snippet'
import table from '../../ui/Table.module.css'
import { TextField } from '../../ui/TextField'
import { SignInFirst } from './SignInFirst'
import styles from './Team.module.css'

export function TeamPage() {
  const task = useTask()
  useTitle(`Team: ${task.title}`)
  const session = useQuery(sessionQuery)
  return (
    <>
      <header className={page['head']}>
        <h1>With whom do you compete?</h1>
        <p className={page['lead']}>
          A team shares its tries and stands on the board under one name. Nobody is on two teams of one contest. Once a submission
          of yours is scored, the team stays as it is.
        </p>
      </header>
      {session.isPending && <Skeleton label="One moment" rows={2} />}
      {session.data && (session.data.account ? <OurTeam task={task.name} /> : <SignInFirst>Then make a team, or join one by its code.</SignInFirst>)}
    </>
  )
}

function OurTeam({ task }: { task: string }) {
  const team = useQuery(teamQuery(task))
  if (team.isPending) return <Skeleton label="Reading your team" rows={3} />
  if (team.isError) return <ReadFailed error={team.error} retry={() => void team.refetch()} />
  if (team.data === null) return <NoTeam task={task} />
  if (team.data.baseline) {
    return (
      <Banner tone="chosen" title="You organize this contest.">
        What you send stands on the board as a baseline, outside of the ranking.
      </Banner>
    )
  }
  return (
    <>
      <SentACode task={task} team={team.data} />
      <Members task={task} team={team.data} />
    </>
  )
}

function useJoin(task: string, code: string) {
  const navigate = useNavigate()
  return useChange(task, async () => {
    await joinTeam(task, code.trim())
    await navigate({ to: '/tasks/$task/team', params: { task }, replace: true })
  })
}

/** Whoever opens a team's link and is on a team already: alone, they may change over. */
function SentACode({ task, team }: { task: string; team: Team }) {
  const { code } = useSearch({ from: '/tasks/$task/team' })
  const join = useJoin(task, code ?? '')
  if (code === undefined) return null
  const alone = team.members.length === 1 && !team.frozen
  return (
    <>
      <Banner
        tone="note"
        title={`You were sent a code, and you are on ${team.name}.`}
        acts={
          alone && (
            <Button refusal={join.isPending ? 'One moment.' : null} onClick={() => join.mutate(undefined)}>
              Join the other team
            </Button>
          )
        }
      >
        {alone ? 'A team of one that has sent nothing ends when you join another.' : 'To use the code, leave this team first and open the link again.'}
      </Banner>
      <Failed change={join} />
    </>
  )
}

/** Every change of a team changes what the contest's page says of it. */
function useChange<Input, Made>(task: string, change: (input: Input) => Promise<Made>): UseMutationResult<Made, Error, Input> {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all([keys.team(task), keys.task(task), keys.submissions(task)].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  })
}

function Failed({ change }: { change: { isError: boolean; error: unknown } }) {
  if (!change.isError) return null
  const { title, detail } = explain(change.error)
  return (
    <Banner tone="yours" title={title} live>
      {detail}
    </Banner>
  )
}

function NoTeam({ task }: { task: string }) {
  const { code: given } = useSearch({ from: '/tasks/$task/team' })
  const [name, setName] = useState('')
  const [code, setCode] = useState(given ?? '')
  const make = useChange(task, () => makeTeam(task, name.trim()))
  const join = useJoin(task, code)
  return (
    <div className={styles['ways']}>
      <section className={page['panel']} aria-labelledby="join">
        <h2 id="join">Join a team</h2>
        <form
          className={styles['form']}
          onSubmit={(event) => {
            event.preventDefault()
            if (!join.isPending) join.mutate(undefined)
          }}
        >
          <TextField label="Code" name="code" hint="Its captain has it." autoComplete="off" spellCheck={false} required maxLength={100} value={code} onText={setCode} />
          <Button kind="main" type="submit" refusal={join.isPending ? 'One moment.' : null}>
            Join
          </Button>
        </form>
        <Failed change={join} />
      </section>
      <section className={page['panel']} aria-labelledby="make">
        <h2 id="make">Make a team</h2>
        <form
          className={styles['form']}
          onSubmit={(event) => {
            event.preventDefault()
            if (!make.isPending) make.mutate()
          }}
        >
          <TextField label="Name" name="team" hint="Everybody reads it on the board." autoComplete="off" required maxLength={40} value={name} onText={setName} />
          <Button type="submit" refusal={make.isPending ? 'One moment.' : null}>
            Make it
          </Button>
        </form>
        <Failed change={make} />
      </section>
      <p className={page['quiet']}>Or just send a strategy: you are then a team of one, under your own name.</p>
    </div>
  )
}

function Members({ task, team }: { task: string; team: Team }) {
  const remove = useChange(task, (member: string) => removeMember(task, member))
  const handOver = useChange(task, (member: string) => handTeamOver(task, member))
  const leave = useChange(task, () => leaveTeam(task))
  return (
    <>
      <section className={page['section']} aria-labelledby="members">
        <h2 id="members">{team.name}</h2>
        {team.frozen && <p className={page['quiet']}>A submission was scored, so nobody comes or goes any more. An organizer can allow it.</p>}
        <table className={table['table']}>
          <caption className="unseen">Members of {team.name}</caption>
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col">Since</th>
              <th scope="col">
                <span className="unseen">Acts</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {team.members.map((member) => (
              <tr key={member.name}>
                <th scope="row">
                  {member.name}
                  <span className={page['quiet']}>{[member.you && ', you', member.captain && ', captain'].filter(Boolean).join('')}</span>
                </th>
                <td>
                  <Moment at={member.joined} />
                </td>
                <td className={table['number']}>
                  {team.captain && !member.you && (
                    <Confirm
                      trigger={
                        <Button kind="quiet" aria-label={`Make ${member.name} the captain`}>
                          Make captain
                        </Button>
                      }
                      title={`Make ${member.name} the captain?`}
                      act="Hand over"
                      onConfirm={() => handOver.mutate(member.name)}
                    >
                      From then on {member.name} invites, removes and renames, and you do not. Only {member.name} can give it back.
                    </Confirm>
                  )}
                  {team.captain && !member.you && !team.frozen && (
                    <Confirm
                      trigger={
                        <Button kind="quiet" aria-label={`Remove ${member.name}`}>
                          Remove
                        </Button>
                      }
                      title={`Take ${member.name} off the team?`}
                      act={`Remove ${member.name}`}
                      onConfirm={() => remove.mutate(member.name)}
                    >
                      The team’s submissions stay with the team. All its open invitations are taken back as well.
                    </Confirm>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Failed change={remove} />
        <Failed change={handOver} />
      </section>
      {team.captain && !team.frozen && <Invite task={task} team={team} />}
      {team.captain && !team.nameStays && <Rename task={task} team={team} />}
      {!team.frozen && (
        <section className={page['section']} aria-labelledby="leave">
          <h2 id="leave" className="unseen">
            Leave
          </h2>
          <p className={page['acts']}>
            <Confirm
              trigger={<Button>Leave the team</Button>}
              title={`Leave ${team.name}?`}
              act="Leave the team"
              onConfirm={() => leave.mutate(undefined)}
            >
              What the team submitted stays with the team.
            </Confirm>
          </p>
          <Failed change={leave} />
        </section>
      )}
    </>
  )
}

function Invite({ task, team }: { task: string; team: Team }) {
  const free = Math.max(1, team.membersMax - team.members.length)
  const invite = useChange(task, () => inviteToTeam(task, free))
  const back = useChange(task, (id: string) => takeInvitationBack(task, id))
  const made = invite.data
  const code = made && team.invitations.some((one) => one.id === made.id) ? made.code : null
  return (
    <section className={page['section']} aria-labelledby="invite">
      <h2 id="invite">Invite others</h2>
      <p className={page['quiet']}>{counted(team.membersMax - team.members.length, 'place is', 'places are')} free. A link lets people in until it has been used that often, or for 14 days.</p>
      <p className={page['acts']}>
        <Button refusal={invite.isPending ? 'One moment.' : team.members.length >= team.membersMax ? 'The team is full.' : null} onClick={() => invite.mutate(undefined)}>
          Make an invitation
        </Button>
      </p>
      <Failed change={invite} />
      {code && (
        <Banner tone="chosen" title="Send this link to your team mates now. It is shown this once." live>
          Whoever has it can join; take it back below if it gets into wrong hands.
          <div className={styles['once']}>
            <Snippet label="Link" text={`${location.origin}/tasks/${encodeURIComponent(task)}/team?code=${code}`} />
          </div>
        </Banner>
      )}
      {team.invitations.length > 0 && (
        <table className={table['table']}>
          <caption className="unseen">Open invitations</caption>
          <thead>
            <tr>
              <th scope="col">Used</th>
              <th scope="col">Good until</th>
              <th scope="col">
                <span className="unseen">Acts</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {team.invitations.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  {one.uses} of {one.usesMax}
                </th>
                <td>
                  <Moment at={one.expires} />
                </td>
                <td className={table['number']}>
                  <Button kind="quiet" onClick={() => back.mutate(one.id)}>
                    Take back
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Failed change={back} />
    </section>
  )
}

function Rename({ task, team }: { task: string; team: Team }) {
  const [name, setName] = useState(team.name)
  const rename = useChange(task, () => renameTeam(task, name.trim()))
  return (
    <section className={page['section']} aria-labelledby="rename">
      <h2 id="rename">Another name</h2>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!rename.isPending) rename.mutate(undefined)
        }}
      >
        <TextField label="Name" name="team" autoComplete="off" required maxLength={40} value={name} onText={setName} />
        <Button type="submit" refusal={name.trim() === team.name ? 'That is its name.' : rename.isPending ? 'One moment.' : null}>
          Rename
        </Button>
      </form>
      <Failed change={rename} />
    </section>
  )
}
