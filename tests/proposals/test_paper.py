"""A proposal as a Word document, opened again."""

from __future__ import annotations

import io

import docx
import pytest
from django.urls import reverse
from django.utils import translation
from docx.oxml.ns import qn
from docx.shared import Pt

from proposals.attachments import examine
from proposals.document_enums import AttachmentKind
from proposals.enums import ProposalState
from proposals.models import Attachment, Proposal
from proposals.paper import as_docx
from tests.browsing import english
from tests.factories import ProposalFactory
from tests.scenes import COMPLETE

P = ProposalState
HARMFUL = '=HYPERLINK("http://x","y")<script>alert(1)</script>&lt;\x07\u202eReversed'


def opened(data: bytes):
    return docx.Document(io.BytesIO(data))


def texts(document) -> list[str]:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


@pytest.fixture
def paper(proposal_in, officer, now):
    """The document of a qualified proposal with an attachment, in English."""
    proposal = proposal_in(P.QUALIFIED)
    Attachment.objects.create(
        proposal=proposal,
        position=0,
        kind=AttachmentKind.PDF,
        name="survey.pdf",
        file="x",
        size=2048,
        digest="a",
        added_by=officer,
        added_at=now,
    )
    with translation.override("en"):
        return opened(as_docx(proposal))


def test_the_page_is_that_of_official_papers(paper):
    section = paper.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert "PAGE" in section.footer._element.xml


def test_letters_are_those_of_official_papers(paper):
    title, body = paper.paragraphs[0], next(p for p in paper.paragraphs if p.text == COMPLETE["goal"])
    assert title.runs[0].font.size == Pt(22)
    assert body.runs[0].font.size == Pt(16)
    assert (body.paragraph_format.line_spacing, body.paragraph_format.first_line_indent) == (Pt(28), Pt(32))
    assert body.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "FangSong"


def test_everything_stands_in_it_but_numbers_of_people(paper):
    found = texts(paper)
    whole = "\n".join(found)
    wanted = [value for value in COMPLETE.values() if isinstance(value, str) and value != "RESIDENTS"]
    for text in [*wanted, "Places to rest", "survey.pdf", "Community A", "300 benefit directly"]:
        assert text in whole
    for cell in ("Lead Neighbour", "New benches", "12", "Setting up", "Rain while painting", "10,000", "20,000"):
        assert cell in found
    assert "Requested: 20,000 yuan" in found
    assert "13800000009" not in whole


def test_it_says_where_it_belongs_and_who_does_what(proposal_in, communities, resident, programme):
    proposal = proposal_in(P.QUALIFIED)
    with translation.override("en"):
        found = texts(opened(as_docx(proposal)))
    assert f"Lead: {resident.display_name}" in found
    assert "Support organisation: Support organisation" in found
    assert not [line for line in found if line.startswith("Zone")]
    plan = found[found.index("Activity") :]
    assert plan[:6] == [
        "Activity",
        "Time",
        "How many times",
        "People each time",
        "Who sees to it",
        "What comes of it",
    ]
    assert plan[9] == "20"
    assert plan[16] == "Second Neighbour"
    with translation.override("en"):
        elsewhere = texts(opened(as_docx(proposal_in(P.DRAFT, community=communities[2]))))
    assert "Zone: Old estates" in elsewhere
    assert not [line for line in elsewhere if line.startswith("Support organisation:")]


def test_an_empty_proposal_is_a_document_too(programme, communities):
    proposal = ProposalFactory(programme=programme, community=communities[0])
    assert proposal.title in texts(opened(as_docx(proposal)))


def test_nothing_in_it_runs(proposal_in):
    proposal = proposal_in(P.SUBMITTED)
    Proposal.objects.filter(pk=proposal.pk).update(summary=HARMFUL, title=f"=1+1 {HARMFUL}"[:80])
    proposal.risk_rows.update(risk=HARMFUL)
    proposal.refresh_from_db()
    data = as_docx(proposal)
    found = texts(opened(data))
    kept = HARMFUL.replace("\x07", "").replace("\u202e", "")
    assert kept in found
    assert found.count(kept) == 2
    # What the site would take as an attachment has no macros, scripts or anything from elsewhere.
    assert examine(io.BytesIO(data), "proposal.docx").kind == AttachmentKind.DOCX


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("resident", 200),
        ("officer", 200),
        ("supervisor", 200),
        ("support_member", 200),
        ("community_officer", 200),
        ("neighbour", 404),
        ("other_officer", 404),
        ("expert", 404),
    ],
)
def test_who_gets_it(role, status, cast, proposal_in):
    proposal, client = proposal_in(P.QUALIFIED), english(cast(role))
    url = reverse("proposal_docx", args=[proposal.pk])
    response = client.get(url)
    assert response.status_code == status
    assert (url in client.get(proposal.get_absolute_url()).content.decode()) is (status == 200)
    if status == 200:
        assert response["Content-Disposition"] == f'attachment; filename="proposal-{proposal.number}.docx"'
        assert "Lead Neighbour" in texts(opened(response.content))


def test_who_is_not_logged_in_logs_in_first(proposal_in):
    assert "login" in english().get(reverse("proposal_docx", args=[proposal_in(P.QUALIFIED).pk])).url
