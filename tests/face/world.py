"""Everything that pages show, made once for all of them: people of every role, and things in every state.

`World(now)` commits its rows for the real server to find; `tests/face/conftest.py` empties the tables afterwards. A page
of `url_map` names the attributes of the world: who visits, and which row's number stands in the address. Whoever stands
among the attributes has logged in.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from communities.enums import Channel, DeliveryState, OrganisationKind, ResidencyState, Role
from communities.models import Notification, SetAsideEvent, User
from communities.services import outbox
from communities.written import WRITTEN
from contests.enums import ContestState
from contests.models import BallotFlag, BallotTrace, Entry, Expert, HouseholdCode, PitchSession, PitchSlot, TallyRun
from contests.pitch_enums import PitchAct, PitchState
from contests.roster import RosterRow
from contests.services import notifications as contest_notifications
from contests.services.codes import issue_codes, void_code
from contests.services.guard import propose_settlement
from contests.services.helping import begin_help
from contests.services.hosting import reveal_score, run_pitches
from contests.services.inviting import Guest, hashed, invite
from contests.services.paper import enter_sheet
from contests.services.pitching import draw_order, plan_pitches
from contests.services.roll import import_roster, mark_paper_vote
from contests.voting_enums import CodeVoidReason, FlagKind, VoteWay
from programmes.enums import StageKind
from projects import services as project_services
from projects.models import Project
from projects.services import add_milestone, approve_projects
from proposals.attachments import examine
from proposals.document_enums import DocumentSection
from proposals.enums import IdeaChannel, IdeaState, ProposalState, ScreeningDecision
from proposals.models import Attachment, Idea, Proposal, ReasonWording, Referral, Remark
from proposals.screening_rules import UNDO_TIME
from proposals.services import notifications as proposal_notifications
from proposals.services.attachments import add_attachment
from proposals.services.claiming import claim_idea
from proposals.services.document import mark_of, save_section
from proposals.services.drafts import Seen, save_draft
from proposals.services.entering import Contributor, enter_idea
from proposals.services.handing import hand_over
from proposals.services.ideas import revise_idea, screen
from proposals.services.photos import add_photo
from proposals.services.referring import answer_referral
from proposals.services.remarks import answer, ask, release, report
from proposals.services.rounds import present_round
from proposals.services.versions import withhold_version
from tests.face.begun import at_the_box, begun
from tests.factories import (
    AccompanimentFactory,
    AppointmentFactory,
    CategoryFactory,
    CommunityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    ResidencyFactory,
    ResidentFactory,
    StageFactory,
    SubdistrictFactory,
    UserFactory,
    VoterFactory,
    ZoneCommunityFactory,
    ZoneFactory,
)
from tests.papers import pdf
from tests.scenes import ACCEPTANCE, CONSENT, Scene, turning_away


class World:
    """The attributes are the people and rows that pages are visited as, and of."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._places()
        self._year()
        self._people()
        self.scene = Scene(
            programme=self.programme,
            communities=self.communities,
            categories=self.categories,
            author=self.resident,
            officer=self.officer,
            approver=self.approver,
            experts=[self.expert, UserFactory(username="expert-2"), UserFactory(username="expert-3")],
            recused=self.recused_expert,
            voters=[self.resident, self.neighbour, self.other_resident],
            now=now,
        )
        self._ideas_and_proposals()
        self._contests()
        self._projects()
        for tell in (outbox, proposal_notifications, contest_notifications, project_services):
            tell.send_due_notifications(now=now + UNDO_TIME)
        self.notification = Notification.objects.filter(recipient=self.resident).latest("pk")
        self.failed_delivery = self.notification.deliveries.create(
            channel=Channel.EMAIL, state=DeliveryState.FAILED, attempts=5, last_error="SMTPServerDisconnected"
        )
        self.set_aside_event = SetAsideEvent.objects.create(
            source="idea", event=1, happened_at=now, error="ValueError", at=now
        )
        self.screening = screen(
            idea=self.scene.idea(IdeaState.SUBMITTED, title="Benches, just turned away"),
            judgement=turning_away(ScreeningDecision.REJECT),
            by=self.officer,
            now=now,
        )
        self.sessions = {name: self._log_in(name) for name, person in vars(self).items() if isinstance(person, User)}
        self.sessions.update(begun(self))
        self.at_the_box = at_the_box(self)

    def _places(self) -> None:
        self.subdistrict = SubdistrictFactory(
            name="Example Road",
            office="Neighbourhood office",
            address="1 Example Road",
            hours="working days 9:00–11:30",
            telephone="010-0000 0000",
            supervision_telephone="010-0000 0001",
        )
        self.communities = [CommunityFactory(subdistrict=self.subdistrict, name=f"Community {name}") for name in "ABC"]
        self.community, self.other_community, self.quiet_community = self.communities
        self.support_organisation = OrganisationFactory(
            subdistrict=self.subdistrict, kind=OrganisationKind.SUPPORT, name="Neighbourly Works"
        )

    def _year(self) -> None:
        self.programme = ProgrammeFactory(subdistrict=self.subdistrict, year=self.now.year, title="Residents' year")
        for kind in StageKind:
            StageFactory(programme=self.programme, kind=kind)
        self.categories = [
            CategoryFactory(programme=self.programme, code=name.upper(), name=name, position=position)
            for position, name in enumerate(("Environment", "Care"))
        ]
        self.zone = ZoneFactory(programme=self.programme, code="OLD", name="Old estates")
        ZoneCommunityFactory(zone=self.zone, community=self.quiet_community)
        AccompanimentFactory(programme=self.programme, organisation=self.support_organisation, community=self.community)

    def _people(self) -> None:
        self.resident = self._resident("Resident", self.community)
        self.neighbour = self._resident("Neighbour", self.community)
        self.other_resident = self._resident("Other resident", self.other_community)
        self.late_voter = self._resident("Late voter", self.community)
        self.newcomer = ResidentFactory(display_name="Newcomer")
        self.residency = self.resident.residencies.get()
        self.pending_residency = ResidencyFactory(
            user=ResidentFactory(display_name="Waiting"),
            community=self.community,
            state=ResidencyState.PENDING,
            method="",
            decided_at=None,
        )
        self.officer = self._appointed("officer", Role.STREET_OFFICER)
        self.approver = self._appointed("approver", Role.STREET_APPROVER)
        self.supervisor = self._appointed("supervisor", Role.SUPERVISOR)
        self.community_officer = self._appointed("community-officer", Role.COMMUNITY_OFFICER, community=self.community)
        self.support_member = self._appointed(
            "support-member", Role.SUPPORT_MEMBER, organisation=self.support_organisation
        )
        self.appointment = self.officer.appointments.get()
        self.expert = UserFactory(username="expert", display_name="Expert")
        self.recused_expert = UserFactory(username="recused-expert", display_name="Recused expert")
        self.pooled_expert = Expert.objects.create(
            user=self.expert, subdistrict=self.subdistrict, employer="University", fields=["CARE"]
        )
        self.superuser = UserFactory(username="superuser", is_superuser=True)

    def _resident(self, name: str, community: object) -> User:
        return ResidencyFactory(user=ResidentFactory(display_name=name), community=community).user

    def _appointed(self, username: str, role: Role, **scope: object) -> User:
        user = UserFactory(username=username, display_name=username.capitalize())
        AppointmentFactory(user=user, role=role, subdistrict=self.subdistrict, **scope)
        return user

    def _log_in(self, name: str) -> str:
        """The session key of somebody who has logged in."""
        client = Client()
        client.force_login(getattr(self, name))
        if name == "neighbour":
            self._begin_to_write(client)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def _begin_to_write(self, client: Client) -> None:
        """Somebody who asks what others wrote about the same."""
        session = client.session
        typed = {"title": self.idea_accepted.title, "problem": self.idea_accepted.problem}
        session[WRITTEN] = {reverse("idea_create"): {"typed": typed, "at": self.now.timestamp()}}
        session.save()

    def _ideas_and_proposals(self) -> None:
        """`idea_submitted`, `proposal_draft` and so on: one in each state."""
        self.idea_type = ContentType.objects.get_for_model(Idea)
        for state in IdeaState:
            setattr(self, f"idea_{state.lower()}", self.scene.idea(state, title=f"Benches, {state.lower()}"))
        # One that everyone may see, with a photo from before it was accepted.
        idea = self.scene.idea(IdeaState.SUBMITTED, title="Benches with a photo")
        picture = BytesIO()
        Image.new("RGB", (640, 480), "grey").save(picture, "JPEG")
        picture.seek(0)
        self.photo = add_photo(idea=idea, file=picture, by=self.resident, now=self.now)
        screen(idea=idea, judgement=ACCEPTANCE, by=self.officer, now=self.now)
        self.idea_with_photo = idea
        self.idea_on_paper = self.enter()
        self.answer, passed_on = (
            screen(idea=self.enter(), judgement=turning_away("REJECT"), by=self.officer, now=self.now - UNDO_TIME).event
            for _ in range(2)
        )
        hand_over(event=passed_on, by=self.community_officer, now=self.now)
        self.offer = self.enter(phone=self.resident.phone).claims.get()
        self.claim = claim_idea(idea=self.enter(), by=self.newcomer, now=self.now)
        key = uuid.UUID(int=1)
        self.draft = save_draft(
            programme=self.programme,
            key=key,
            typed={"title": "Benches, half written", "problem": "It is dark."},
            seen=Seen(0, key),
            by=self.resident,
            now=self.now,
        )
        self.idea_answered = self.scene.idea(IdeaState.REFERRED, title="Benches, answered")
        self.referral, self.answered_referral = (
            Referral.objects.get(screening__idea=idea) for idea in (self.idea_referred, self.idea_answered)
        )
        answer_referral(
            referral=self.answered_referral,
            text="The benches are set up in May.",
            on=timezone.localdate(self.now),
            by=self.officer,
            now=self.now,
        )
        self.idea_revised, self.idea_withheld = (
            revise_idea(
                idea=self.scene.idea(IdeaState.RETURNED, title=f"Benches, {title}"),
                text=replace(self.scene.text("Benches, revised"), location_text="East gate"),
                revision=1,
                by=self.resident,
                now=self.now,
            )
            for title in ("once more", "naming somebody")
        )
        withhold_version(
            idea=self.idea_withheld, number=1, reason="It named a neighbour.", by=self.officer, now=self.now
        )
        self.question = self.ask("Who looks after the benches?")
        release(remark=self.question, by=self.officer, now=self.now)
        given = answer(
            question=self.question, text="The neighbours of house 3.", key=key, by=self.resident, now=self.now
        )
        release(remark=given, by=self.officer, now=self.now)
        report(remark=self.question, reason="Not about the idea.", by=self.other_resident, now=self.now)
        self.pending_question = self.ask("What do they cost?")
        self.wording = ReasonWording.objects.create(
            subdistrict=self.subdistrict, reason="GOV_DUTY", text="Please ask the department, or call 12345."
        )
        for state in ProposalState:
            setattr(self, f"proposal_{state.lower()}", self.scene.proposal(state, title=f"Rest, {state.lower()}"))
        self.show_changes(self.proposal_coaching)
        self.proposal_ready = self.scene.proposal(ProposalState.COACHING, title="Rest, to be handed in")
        self.paper = add_attachment(
            proposal=self.proposal_coaching, file=BytesIO(pdf()), name="survey.pdf", by=self.officer, now=self.now
        )

    def show_changes(self, proposal: Proposal) -> None:
        """The organisation has written the summary anew, and waits for what the lead says."""
        save_section(
            proposal=proposal,
            section=DocumentSection.SUMMARY,
            columns={"summary": "Benches with backs, and shade from the trees."},
            rows=(),
            mark=mark_of(proposal, DocumentSection.SUMMARY),
            by=self.support_member,
            now=self.now,
        )
        present_round(proposal=proposal, note="Shorter.", by=self.support_member, now=self.now)

    def enter(self, phone: str = "") -> Idea:
        """An idea that came on paper, offered to the account of the number if there is one."""
        return enter_idea(
            programme=self.programme,
            text=self.scene.text("Benches, on paper"),
            channel=IdeaChannel.PAPER,
            contributor=Contributor(name="Ms Li", phone=phone),
            consent=CONSENT,
            key=uuid.uuid4(),
            by=self.community_officer,
            now=self.now,
        )

    def ask(self, text: str) -> Remark:
        return ask(idea=self.idea_submitted, text=text, key=uuid.uuid4(), by=self.neighbour, now=self.now)

    def _contests(self) -> None:
        """`contest_draft` and so on. The open one is unjudged; all have voted in it but `late_voter`."""
        for state in ContestState:
            setattr(self, f"contest_{state.lower()}", self.scene.contest(state, name=f"Contest, {state.lower()}"))
        self._roll()
        self._invite()
        self.entry = self._entry("OPEN", "002")
        self.entry_paper = self._attach(self.entry)
        self.recused_entry = self._entry("OPEN", "001")
        self.entry_of_result = self._entry("CONFIRMED", "001")
        self.begun_entry = self._entry("OPEN", "003")
        self.scene.begin_sheet(self.contest_open.panelists.get(user=self.expert), self.begun_entry)
        self.scene.vote(self.contest_open)
        self._pitches()
        self.run = TallyRun.objects.filter(contest=self.contest_publicised).latest("pk")

    def _pitches(self) -> None:
        """The session of the open contest is under way, that of the closed one over with a score shown, one not drawn."""
        plan = {"place": "Hall 1", "starts_at": self.now, "minutes": 5, "pause": 10}
        plan_pitches(contest=self.contest_open, **plan, by=self.officer, now=self.now)
        session = draw_order(contest=self.contest_open, by=self.officer, now=self.now)
        self.pitch_slot = session.slots.get(position=3)
        run_pitches(session=session, act=PitchAct.START, revision=session.revision, by=self.officer, now=timezone.now())
        over = PitchSession.objects.create(
            contest=self.contest_closed, **plan, changed_at=self.now, state=PitchState.ENDED
        )
        for position, entry in enumerate(self.contest_closed.entries.all(), 1):
            slot = PitchSlot.objects.create(session=over, entry=entry, position=position)
            if position < 3:
                reveal_score(slot=slot, by=self.officer, now=self.now)
        PitchSession.objects.create(contest=self.contest_publicised, **plan, changed_at=self.now)

    def _roll(self) -> None:
        """Voters of the open contest from a roster, and household codes: one free, one void."""
        place = {"contest": self.contest_open, "community": self.community}
        rows = [RosterRow(2, "0001", "+8613900000001"), RosterRow(3, "0002", ""), RosterRow(4, "0003", "")]
        import_roster(**place, rows=rows, by=self.community_officer)
        self.roll_line = self.contest_open.voters.get(reference="0002")
        begin_help(voter=self.roll_line, consented=True, place="Hall", by=self.community_officer, now=self.now)
        mark_paper_vote(voter=self.contest_open.voters.get(reference="0003"), by=self.community_officer)
        issue_codes(**place, number=2, for_roll=False, key=uuid.uuid4(), by=self.community_officer, now=self.now)
        self._paper_and_guard(place)
        self.code, void = HouseholdCode.objects.order_by("serial")
        void_code(code=void, reason=CodeVoidReason.LOST, by=self.community_officer, now=self.now)

        for place in (self.community, self.community, self.other_community):
            VoterFactory(contest=self.contest_closed, community=place, has_voted=True, way=VoteWay.PAPER)

    def _invite(self) -> None:
        """An invitation to the draft's panel by number, with its link, and the account that may accept it."""
        self.invitation_token = "a-link-of-the-world"
        self.invited_expert = ResidentFactory(phone="+8613900000042", display_name="Ms Guest")
        guest = Guest("Ms Guest", phone="+8613900000042", employer="Guest House")
        ends = self.now + timedelta(days=7)
        row = invite(contest=self.contest_draft, guest=guest, expires_at=ends, by=self.officer, now=self.now)
        sent = {"token_hash": hashed(self.invitation_token), "state": DeliveryState.SENT, "sent_at": self.now}
        row.messages.update(**sent)

    def _attach(self, entry: Entry) -> Attachment:
        """The paper of `proposal_coaching`, as if it had been handed in with the entry's proposal."""
        values = {name: getattr(self.paper, name) for name in ("kind", "name", "file", "size", "digest")}
        return Attachment.objects.create(
            proposal=entry.proposal, position=0, added_by=self.officer, added_at=self.now, **values
        )

    def _paper_and_guard(self, place: dict[str, object]) -> None:
        """A counting sheet that waits for a second person, and ballots that stand out, with a proposal and without."""
        file = BytesIO()
        Image.new("RGB", (40, 30), "white").save(file, "JPEG")
        file.seek(0)
        self.paper_sheet = enter_sheet(
            **place,
            number="001-01",
            place="Committee hall",
            papers=3,
            votes=dict.fromkeys(self.contest_open.entries.values_list("pk", flat=True), 1),
            scan=examine(file, "sheet.jpg"),
            by=self.community_officer,
            now=self.now,
        )
        BallotTrace.objects.filter(ballot__contest=self.contest_open).update(device="0123456789abcdef")
        found = {"contest": self.contest_open, "ballots": 3, "found_at": self.now}
        self.flag = BallotFlag.objects.create(kind=FlagKind.DEVICE, subject="0123456789abcdef", **found)
        self.proposed_flag = BallotFlag.objects.create(kind=FlagKind.TURNOUT, subject=self.community.code, **found)
        propose_settlement(flag=self.proposed_flag, voids=False, reason="A fair with free tea", by=self.officer)

    def _entry(self, state: str, number: str) -> Entry:
        return Entry.objects.get(contest__state=state, number=number)

    def _projects(self) -> None:
        made = approve_projects(contest=self.contest_confirmed, by=self.approver, now=self.now)
        self.project: Project = made[0]
        for days in (-10, 20):
            add_milestone(
                project=self.project,
                title="The benches stand",
                due_on=(self.now + timedelta(days=days)).date(),
                by=self.officer,
                now=self.now,
            )
