"""A proposal as a Word document, as offices file it: A4 by GB/T 9704-2012 (margins, letter sizes, leading)."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import docx
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from proposals.models import Consolidation, Proposal
from proposals.money import yuan
from proposals.parties import parties_of

# GB/T 9704-2012: 5.2 (margins), 5.2.3 (characters), 7.3 (body).
PAGE = (Mm(210), Mm(297))
MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
TITLE_SIZE, BODY_SIZE, TABLE_SIZE, LEADING = Pt(22), Pt(16), Pt(12), Pt(28)
# Windows, Word and WPS know these Chinese fonts by their English names too.
TITLE_FONT, HEADING_FONT, BODY_FONT = "FZXiaoBiaoSong-B05S", "SimHei", "FangSong"
KEPT = {"\n", "\t"}

Row = Sequence[str]


def as_docx(proposal: Proposal) -> bytes:
    """The whole document with its tables, the ideas it came from and the list of its attachments."""
    document = docx.Document()
    _page(document)
    _title(document, proposal)
    for heading, texts, table in _sections(proposal):
        if not any(texts) and not table:
            continue
        _paragraph(document, heading, font=HEADING_FONT)
        for text in texts:
            for line in filter(None, _plain(text).split("\n")):
                _paragraph(document, line, indent=True)
        if table:
            _table(document, table)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _sections(proposal: Any) -> Iterator[tuple[str, list[str], list[Row]]]:
    """Heading, paragraphs, and a table with its headings; numbers of members stay out."""
    yield _("Basics"), _facts(proposal), []
    members = [(row.name, row.duty) for row in proposal.members.all()]
    yield _("Team"), [_named(proposal)], _headed((_("Name"), _("Task in the team")), members)
    yield _("In short"), [proposal.summary], []
    yield _("What is needed, and by whom"), [proposal.needs_analysis, _people(proposal)], []
    objectives = [(row.indicator, f"{row.target_value.normalize():f}", row.unit) for row in proposal.objectives.all()]
    yield (
        _("Goal and objectives"),
        [proposal.goal],
        _headed((_("What is measured"), _("Target value"), _("Unit")), objectives),
    )
    yield _("Plan"), [proposal.plan], _plan(proposal)
    yield _("Budget"), [_asked(proposal)], _budget(proposal)
    yield _("What is new about it"), [proposal.innovation], []
    yield _("How it goes on"), [proposal.sustainability], []
    yield _("How it grows community organisations"), [proposal.capacity_building], []
    risks = [(row.risk, row.response) for row in proposal.risk_rows.all()]
    yield _("Risks and answers"), [proposal.risks], _headed((_("What may go wrong"), _("What is done then")), risks)
    yield _("Opinion of the residents' committee"), [proposal.community_opinion], []
    yield _("Opinion of the support organisation"), [proposal.support_opinion], []
    yield _("Statement of integrity"), _pledge(proposal), []
    joined = Consolidation.objects.behind(proposal).select_related("idea__community")
    ideas = [(row.idea.title, row.idea.community.name) for row in joined]
    yield _("The ideas it came from"), [], _headed((_("Title"), _("Community")), ideas)
    papers = [(row.name, filesizeformat(row.size)) for row in proposal.attachments.all()]
    yield _("Attachments"), [], _headed((_("Name"), _("Size")), papers)


def _plan(proposal: Any) -> list[Row]:
    heading = (
        _("Activity"),
        _("Time"),
        _("How many times"),
        _("People each time"),
        _("Who sees to it"),
        _("What comes of it"),
    )
    rows = [
        (
            row.name,
            f"{_day(row.date_from)} – {_day(row.date_to)}",
            str(row.times),
            str(row.people) if row.people else "",
            row.owner,
            row.output,
        )
        for row in proposal.activities.all()
    ]
    return _headed(heading, rows)


def _budget(proposal: Any) -> list[Row]:
    heading = (_("Item"), _("Unit price (yuan)"), _("Quantity"), _("Amount (yuan)"), _("Source"), _("Note"))
    rows = [
        (row.item, yuan(row.unit_price), str(row.quantity), yuan(row.amount), row.get_source_display(), row.note)
        for row in proposal.budget_lines.all()
    ]
    return _headed(heading, rows)


def _facts(proposal: Any) -> list[str]:
    parties = parties_of(proposal)
    facts = [
        (_("Number"), proposal.number),
        (_("Community"), proposal.community.name),
        (_("Zone"), parties.zone),
        (_("Category"), proposal.category.name),
        (_("Place"), proposal.site),
        (
            _("Time"),
            f"{_day(proposal.starts_on)} – {_day(proposal.ends_on)}" if proposal.starts_on and proposal.ends_on else "",
        ),
        (_("Lead"), parties.lead),
        (_("Support organisation"), parties.organisation),
    ]
    return [_("%(name)s: %(value)s") % {"name": name, "value": value} for name, value in facts if value]


def _named(proposal: Any) -> str:
    return " · ".join(filter(None, (proposal.team_name, proposal.get_team_type_display())))


def _people(proposal: Any) -> str:
    counted = [
        _("%(number)s benefit directly") % {"number": proposal.direct_beneficiaries}
        if proposal.direct_beneficiaries is not None
        else "",
        _("%(number)s benefit indirectly") % {"number": proposal.indirect_beneficiaries}
        if proposal.indirect_beneficiaries
        else "",
    ]
    return " · ".join(filter(None, (proposal.target_group, *counted)))


def _pledge(proposal: Proposal) -> list[str]:
    """What is promised, and when it was; until then a line to sign."""
    promises = [f"{number}. {promise}" for number, promise in enumerate(proposal.promises, 1)]
    if proposal.pledged_at:
        facts = {"day": date_format(localtime(proposal.pledged_at)), "version": proposal.pledge_version}
        return [*promises, _("Promised by the lead on %(day)s, in the wording of %(version)s.") % facts]
    return [*promises, _("Signature of the lead: ____________  Date: ____________")]


def _asked(proposal: Proposal) -> str:
    total = Proposal.objects.filter(pk=proposal.pk).requested_sum()
    return _("Requested: %(total)s yuan") % {"total": yuan(total)}


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _headed(heading: Row, rows: Sequence[Row]) -> list[Row]:
    return [heading, *rows] if rows else []


def _plain(text: str) -> str:
    """Without characters that XML cannot hold, or that turn or hide text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Cn", "Co"})


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    for name, width in MARGINS.items():
        setattr(section, name, width)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    foot._p.append(number)  # noqa: SLF001 (there is no other way to a page number)


def _title(document: Any, proposal: Proposal) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, _plain(proposal.title), TITLE_FONT, TITLE_SIZE)
    _paragraph(document, str(proposal.programme), align=WD_ALIGN_PARAGRAPH.CENTER)


def _paragraph(
    document: Any, text: str, *, font: str = BODY_FONT, indent: bool = False, align: WD_ALIGN_PARAGRAPH | None = None
) -> None:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.line_spacing, form.space_before, form.space_after = LEADING, Pt(0), Pt(0)
    if indent:
        form.first_line_indent = BODY_SIZE * 2
    paragraph.alignment = align
    _run(paragraph, text, font, BODY_SIZE)


def _table(document: Any, rows: Sequence[Row]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            _run(cell.paragraphs[0], _plain(value), BODY_FONT if number else HEADING_FONT, TABLE_SIZE)
    document.add_paragraph()


def _run(paragraph: Any, text: str, font: str, size: Pt) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, size
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)  # noqa: SLF001 (Chinese characters have a font of their own)
