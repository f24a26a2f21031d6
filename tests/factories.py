"""Rows with sensible values, for what no verb creates: people, places, the year, a contest's frame.

Ideas, proposals, sheets and ballots come from the verbs (see `tests.scenes`); their factories here are for tests that
go around the verbs on purpose.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from communities import phones
from communities.enums import HousingType, OrganisationKind, ResidencyState, Role, VerificationMethod
from communities.models import Appointment, Community, Organisation, Residency, Subdistrict, User
from contests.models import Contest, ContestCommunity, Criterion, Entry, Panelist, Voter
from programmes.enums import StageKind
from programmes.models import Accompaniment, Category, Programme, Stage, Zone, ZoneCommunity
from proposals.models import Idea, Proposal

PASSWORD = "a long enough password"
LONG_AGO = timedelta(days=60)


class SubdistrictFactory(factory.django.DjangoModelFactory[Subdistrict]):
    class Meta:
        model = Subdistrict

    code = factory.Sequence(lambda n: f"{110105001 + n}")
    name = factory.Sequence(lambda n: f"Sub-district {n}")
    district = "District"


class CommunityFactory(factory.django.DjangoModelFactory[Community]):
    class Meta:
        model = Community

    subdistrict = factory.SubFactory(SubdistrictFactory)
    code = factory.LazyAttributeSequence(lambda community, n: f"{community.subdistrict.code}{n % 1000:03}")
    name = factory.Sequence(lambda n: f"Community {n}")
    housing_type = HousingType.OLD_ESTATE
    registered_population = factory.Sequence(lambda n: 3000 + 500 * (n % 7))
    households = 1200


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    subdistrict = factory.SubFactory(SubdistrictFactory)
    kind = OrganisationKind.SUPPORT
    name = factory.Sequence(lambda n: f"Organisation {n}")


class UserFactory(factory.django.DjangoModelFactory[User]):
    """Somebody with a user name and `PASSWORD`, without a phone: staff or an expert."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user-{n}")
    display_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **fields: object) -> User:
        return model_class.objects.create_user(*args, **{"password": PASSWORD, **fields})


class ResidentFactory(UserFactory):
    """Somebody with a verified phone and no residency."""

    class Params:
        phone = factory.Sequence(lambda n: f"+8613800{n % 1_000_000:06}")

    username = factory.Sequence(lambda n: f"r-{n:012}")
    phone_token = factory.LazyAttribute(lambda user: phones.encrypt(user.phone))
    phone_hash = factory.LazyAttribute(lambda user: phones.keyed_hash(user.phone))
    phone_verified_at = factory.LazyFunction(timezone.now)
    password = None


class ResidencyFactory(factory.django.DjangoModelFactory[Residency]):
    """Verified unless told otherwise."""

    class Meta:
        model = Residency

    user = factory.SubFactory(ResidentFactory)
    community = factory.SubFactory(CommunityFactory)
    subdistrict = factory.SelfAttribute("community.subdistrict")
    state = ResidencyState.VERIFIED
    method = VerificationMethod.ROSTER
    decided_at = factory.LazyFunction(timezone.now)


class AppointmentFactory(factory.django.DjangoModelFactory[Appointment]):
    """A street officer unless told otherwise, since two months ago."""

    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    role = Role.STREET_OFFICER
    subdistrict = factory.SubFactory(SubdistrictFactory)
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - LONG_AGO)


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    subdistrict = factory.SubFactory(SubdistrictFactory)
    year = factory.LazyFunction(lambda: timezone.localdate().year)
    title = "Golden ideas"
    theme = "A place for everyone"


class StageFactory(factory.django.DjangoModelFactory[Stage]):
    """Open for a month before and after now."""

    class Meta:
        model = Stage

    programme = factory.SubFactory(ProgrammeFactory)
    kind = StageKind.IDEA_COLLECTION
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=30))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


class CategoryFactory(factory.django.DjangoModelFactory[Category]):
    class Meta:
        model = Category

    programme = factory.SubFactory(ProgrammeFactory)
    code = factory.Sequence(lambda n: f"CATEGORY_{n}")
    name = factory.Sequence(lambda n: f"Category {n}")
    position = factory.Sequence(lambda n: n % 1000)


class ZoneFactory(factory.django.DjangoModelFactory[Zone]):
    class Meta:
        model = Zone

    programme = factory.SubFactory(ProgrammeFactory)
    code = factory.Sequence(lambda n: f"ZONE_{n}")
    name = factory.Sequence(lambda n: f"Zone {n}")
    focus = "Old estates"


class ZoneCommunityFactory(factory.django.DjangoModelFactory[ZoneCommunity]):
    class Meta:
        model = ZoneCommunity

    zone = factory.SubFactory(ZoneFactory)
    programme = factory.SelfAttribute("zone.programme")
    community = factory.SubFactory(CommunityFactory)


class AccompanimentFactory(factory.django.DjangoModelFactory[Accompaniment]):
    class Meta:
        model = Accompaniment

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    community = factory.SubFactory(CommunityFactory)


class IdeaFactory(factory.django.DjangoModelFactory[Idea]):
    """A draft; no verb keeps one yet."""

    class Meta:
        model = Idea

    programme = factory.SubFactory(ProgrammeFactory)
    community = factory.SubFactory(CommunityFactory)
    category = factory.SubFactory(CategoryFactory, programme=factory.SelfAttribute("..programme"))
    author = factory.SubFactory(ResidentFactory)
    title = factory.Sequence(lambda n: f"Benches at gate {n}")
    problem = "Older people find no place to rest on their way home from the market."
    solution = "Put three benches with backs and arms along the path, under the trees."


class ProposalFactory(factory.django.DjangoModelFactory[Proposal]):
    class Meta:
        model = Proposal

    programme = factory.SubFactory(ProgrammeFactory)
    community = factory.SubFactory(CommunityFactory)
    category = factory.SubFactory(CategoryFactory, programme=factory.SelfAttribute("..programme"))
    title = factory.Sequence(lambda n: f"Places to rest {n}")


class ContestFactory(factory.django.DjangoModelFactory[Contest]):
    """A draft whose scoring and voting are open now, once it is opened."""

    class Meta:
        model = Contest

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Contest {n}")
    seed = "drawn in public"
    budget = Decimal("60000.00")
    reserve = 1
    scoring_opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=5))
    scoring_closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=5))
    voting_opens_at = factory.SelfAttribute("scoring_opens_at")
    voting_closes_at = factory.SelfAttribute("scoring_closes_at")
    # Live tallies are made where the office may see them; hidden counts have tests of their own.
    counts_hidden = False


class ContestCommunityFactory(factory.django.DjangoModelFactory[ContestCommunity]):
    class Meta:
        model = ContestCommunity

    contest = factory.SubFactory(ContestFactory)
    community = factory.SubFactory(CommunityFactory)
    name = factory.SelfAttribute("community.name")
    registered_population = factory.SelfAttribute("community.registered_population")


class CriterionFactory(factory.django.DjangoModelFactory[Criterion]):
    class Meta:
        model = Criterion

    contest = factory.SubFactory(ContestFactory)
    code = factory.Sequence(lambda n: f"CRITERION_{n}")
    name = factory.Sequence(lambda n: f"Criterion {n}")
    max_points = Decimal(50)
    position = factory.Sequence(lambda n: n % 1000)


class VoterFactory(factory.django.DjangoModelFactory[Voter]):
    """A line of a roster, of somebody without an account."""

    class Meta:
        model = Voter

    contest = factory.SubFactory(ContestFactory)
    community = factory.LazyAttribute(lambda line: CommunityFactory(subdistrict=line.contest.programme.subdistrict))
    source = "ROSTER"
    reference = factory.Sequence(lambda n: f"R{n:04}")
    is_adult = True


class EntryFactory(factory.django.DjangoModelFactory[Entry]):
    class Meta:
        model = Entry

    contest = factory.SubFactory(ContestFactory)
    proposal = factory.SubFactory(ProposalFactory, programme=factory.SelfAttribute("..contest.programme"))
    number = factory.Sequence(lambda n: f"{n + 1:03}")
    title = factory.SelfAttribute("proposal.title")
    community = factory.SelfAttribute("proposal.community")
    category = factory.SelfAttribute("proposal.category")
    requested_amount = Decimal("20000.00")


class PanelistFactory(factory.django.DjangoModelFactory[Panelist]):
    class Meta:
        model = Panelist

    contest = factory.SubFactory(ContestFactory)
    user = factory.SubFactory(UserFactory)
    code = factory.Sequence(lambda n: f"E{n:02}")
