"""Which files are taken, in which form, how many, and who reads them."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from communities.refusal import Refused
from proposals import attachments
from proposals.attachments import (
    MAX_BYTES,
    MAX_SLIDES,
    NAME_LENGTH,
    AnotherKind,
    NotAnAttachment,
    TooManySlides,
    examine,
)
from proposals.document_enums import AttachmentKind
from proposals.enums import ProposalRefusal, ProposalState
from proposals.models import MAX_ATTACHMENTS, Attachment
from proposals.services.attachments import add_attachment, remove_attachment
from tests.browsing import english, shown, text
from tests.papers import pdf, picture, slides, word, word_with
from tests.racing import race

R, K, P = ProposalRefusal, AttachmentKind, ProposalState


def taken(data: bytes, name: str):
    return examine(io.BytesIO(data), name)


@pytest.mark.parametrize(
    ("data", "name", "kind", "kept"),
    [
        (pdf(), "Survey.PDF", K.PDF, "Survey.pdf"),
        (word(), "调查.docx", K.DOCX, "调查.docx"),
        (slides(MAX_SLIDES), "路演.PPTX", K.PPTX, "路演.pptx"),
        (picture("JPEG"), "place.jpeg", K.JPG, "place.jpg"),
        (picture("PNG"), "plan.png", K.JPG, "plan.jpg"),
    ],
)
def test_what_is_taken(data, name, kind, kept):
    paper = taken(data, name)
    assert (paper.kind, paper.name) == (kind, kept)
    assert len(paper.digest) == 64
    if kind != K.JPG:
        assert paper.data == data


def test_a_picture_is_encoded_anew():
    exif = Image.Exif()
    exif[271] = "Phone 12"
    file = io.BytesIO()
    Image.new("RGB", (60, 40)).save(file, "JPEG", exif=exif, comment=b"<script>")
    paper = taken(file.getvalue() + b"PK\3\4 something behind it", "place.jpg")
    assert all(trace not in paper.data for trace in (b"Phone", b"script", b"behind"))


WITHOUT_MACROS = word()
CONTENT_TYPES = zipfile.ZipFile(io.BytesIO(WITHOUT_MACROS)).read("[Content_Types].xml")
ELSEWHERE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" '
    b'Target="https://elsewhere.example/" TargetMode="External"/></Relationships>'
)


def with_object_stream(content: bytes, filtered: bytes = b"/Filter /FlateDecode") -> bytes:
    """A PDF in which objects lie compressed."""
    data = pdf()
    body = b"9 0 obj\n<</Type /ObjStm /N 1 /First 4 %s>>\nstream\n%s\nendstream\nendobj\n" % (filtered, content)
    return data.replace(b"%%EOF", body + b"%%EOF")


def lying_about_its_size() -> bytes:
    """Tells that the document is empty, and unpacks to more."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("word/document.xml", b"<a/>" * 1000)
    data = bytearray(file.getvalue())
    place = data.rindex(b"PK\1\2")
    data[place + 24 : place + 28] = (4).to_bytes(4, "little")
    return bytes(data)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("word/document.xml", b"<a/>")
        for number in range(7):
            archive.writestr(f"word/media/{number}.png", b"\0" * (attachments.MAX_UNPACKED // 6))
    return file.getvalue()


def locked() -> bytes:
    """Its parts say that a password is needed."""
    data = bytearray(word())
    place = 0
    while (place := data.find(b"PK\1\2", place)) != -1:
        data[place + 8] |= 1
        place += 4
    return bytes(data)


BAD = {
    "nothing": (b"", "a.pdf"),
    "a text": (b"Dear office, ...", "a.pdf"),
    "a page": (b"<html><script>alert(1)</script></html>", "a.pdf"),
    "a program": (b"MZ\x90\0" + b"\0" * 200, "a.pdf"),
    "another picture format": (picture("GIF"), "a.gif"),
    "a picture named as a document": (picture("PNG"), "a.pdf"),
    "a document named as a picture": (pdf(), "a.png"),
    "a PNG named as a JPG": (picture("PNG"), "a.jpg"),
    "no ending": (pdf(), "pdf"),
    "a second ending": (pdf(), "a.pdf.exe"),
    "a damaged picture": (picture("JPEG")[:200], "a.jpg"),
    "too large": (pdf() + b"\n" * MAX_BYTES, "a.pdf"),
    "a picture that unpacks to far too much": (picture("PNG", (30_000, 20_000))[:4000], "a.png"),
    "a PDF with a script": (pdf().replace(b"/Catalog", b"/Catalog /S /JavaScript /JS (app.alert(1))"), "a.pdf"),
    "a script in other letters": (pdf().replace(b"/Catalog", b"/Catalog /S /J#61vaScript"), "a.pdf"),
    "a PDF that starts a program": (pdf().replace(b"/Catalog", b"/Catalog /S /Launch"), "a.pdf"),
    "a PDF with a file inside": (pdf().replace(b"/Catalog", b"/Catalog /EmbeddedFiles 3 0 R"), "a.pdf"),
    "a PDF with a password": (pdf().replace(b"trailer", b"trailer /Encrypt 9 0 R"), "a.pdf"),
    "a script in a compressed object": (with_object_stream(zlib.compress(b"1 0 <</S /JavaScript>>")), "a.pdf"),
    "a script in a compressed object behind a long dictionary": (
        with_object_stream(zlib.compress(b"1 0 <</S /JavaScript>>"), b"/Filter /FlateDecode /X (%s)" % (b"x" * 2000)),
        "a.pdf",
    ),
    "objects that cannot be read": (with_object_stream(b"@@@@"), "a.pdf"),
    "objects that unpack to far too much": (with_object_stream(zlib.compress(b"\0" * 70_000_000)), "a.pdf"),
    "a PDF that is cut off": (pdf()[:-20], "a.pdf"),
    "something before a PDF": (b"GIF89a" + pdf(), "a.pdf"),
    "an archive behind a PDF": (pdf().replace(b"%%EOF", b"") + word(), "a.pdf"),
    "an archive before the end of a PDF": (pdf() + word() + b"%%EOF", "a.pdf"),
    "an archive that is no document": (lying_about_its_size()[:30], "a.docx"),
    "another archive": (word_with("word/document.xml", b"<a/>").replace(b"word/document", b"work/document"), "a.docx"),
    "macros": (word_with("word/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "a.docx"),
    "macros by content type": (
        word_with("[Content_Types].xml", CONTENT_TYPES.replace(b"document.main", b"document.macroEnabled.main")),
        "a.docx",
    ),
    "a file inside": (word_with("word/embeddings/oleObject1.bin", b"MZ"), "a.docx"),
    "a page inside": (word_with("word/afchunk.html", b"<script>"), "a.docx"),
    "a program inside": (word_with("word/media/run.exe", b"MZ"), "a.docx"),
    "a part that leaves its folder": (word_with("../../settings.xml", b"<a/>"), "a.docx"),
    "a template from elsewhere": (
        word_with("word/_rels/settings.xml.rels", ELSEWHERE % b"attachedTemplate"),
        "a.docx",
    ),
    "relations that cannot be read": (word_with("word/_rels/settings.xml.rels", b"<a"), "a.docx"),
    "entities": (word_with("word/styles.xml", b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'), "a.docx"),
    "entities in wide letters": (
        word_with("word/styles.xml", '<!DOCTYPE a [<!ENTITY b "bbbb">]><a/>'.encode("utf-16")),
        "a.docx",
    ),
    "far too much unpacked": (bomb(), "a.docx"),
    "a size that is not true": (lying_about_its_size(), "a.docx"),
    "a document with a password": (locked(), "a.docx"),
    "something before a document": (b"%PDF-1.4\n" + word(), "a.docx"),
    "something behind a document": (word() + b"%%EOF", "a.docx"),
    "a damaged document": (word().replace(b"PK\1\2", b"PK\1\3", 1), "a.docx"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused(name):
    with pytest.raises(NotAnAttachment):
        taken(*BAD[name])


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (slides(MAX_SLIDES + 1), "a.pptx", TooManySlides),
        (slides(), "a.docx", AnotherKind),
        (word(), "a.pptx", AnotherKind),
        (pdf(), "a.pptx", AnotherKind),
        # The slides of earlier versions of the programme are files of another make.
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.ppt", AnotherKind),
        (b"Dear office, ...", "a.txt", AnotherKind),
    ],
)
def test_what_is_refused_says_which_of_the_reasons_it_is(data, name, kind):
    with pytest.raises(kind):
        taken(data, name)


@pytest.mark.parametrize(
    "data",
    [
        slides(presentation=b"<a"),
        slides(presentation=b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'),
        slides(**{"slides/bomb": b"\0" * (attachments.MAX_UNPACKED + 1)}),
        slides(**{"slides/run": b"MZ"}).replace(b"slides/run.xml", b"slides/run.exe"),
        slides() + b"%%EOF",
    ],
    ids=["no list of slides", "entities", "far too much unpacked", "a strange part", "something behind it"],
)
def test_slides_are_looked_through_as_documents_are(data):
    with pytest.raises(NotAnAttachment):
        taken(data, "a.pptx")


def test_the_pieces_that_bad_files_are_made_of_are_good():
    assert taken(with_object_stream(zlib.compress(b"1 0 <</S /GoTo>>")), "a.pdf").kind == K.PDF
    assert taken(word_with("word/media/a.png", picture("PNG")), "a.docx").kind == K.DOCX
    assert taken(word_with("word/_rels/settings.xml.rels", ELSEWHERE % b"hyperlink"), "a.docx").kind == K.DOCX


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\survey.pdf", "survey.pdf"),
        ("sur\u202evey\r\nX: 1.pdf", "surveyX: 1.pdf"),
        ("长" * 200 + ".pdf", "长" * (NAME_LENGTH - 4) + ".pdf"),
        ('"><img src=x>.pdf', '"><img src=x>.pdf'),
    ],
)
def test_names_are_made_safe(name, kept):
    assert taken(pdf(), name).name == kept


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([pdf(), word(), slides(), picture("PNG")]), st.integers(0, 3000))
def test_whatever_comes_is_taken_or_refused(noise, base, place):
    data = base[:place] + noise + base[place:]
    for suffix in attachments.SUFFIXES:
        try:
            paper = taken(data, f"a{suffix}")
        except NotAnAttachment:
            continue
        assert paper.name.endswith(paper.kind.lower())


# The verbs


@pytest.fixture
def add(support_member, now):
    def add(proposal, data=None, name="survey.pdf", by=support_member):
        return add_attachment(proposal=proposal, file=io.BytesIO(data or pdf()), name=name, by=by, now=now)

    return add


def stored_files(proposal):
    return [row.file for row in proposal.attachments.all()]


def test_a_file_is_attached_and_removed(proposal_in, add, support_member, now):
    proposal = proposal_in(P.COACHING)
    row = add(proposal)
    assert (row.position, row.kind, row.name, row.size, row.added_by) == (
        0,
        "PDF",
        "survey.pdf",
        len(pdf()),
        support_member,
    )
    assert row.file.storage.exists(row.file.name)
    assert row.file.name == f"proposals/{proposal.pk}/{row.digest}.pdf"
    remove_attachment(proposal=proposal, digest=row.digest, by=support_member, now=now)
    remove_attachment(proposal=proposal, digest=row.digest, by=support_member, now=now)
    assert not proposal.attachments.exists()


@pytest.mark.django_db(transaction=True)
def test_a_removed_file_is_gone_from_the_disk(proposal_in, add, support_member, now):
    proposal = proposal_in(P.COACHING)
    row = add(proposal)
    remove_attachment(proposal=proposal, digest=row.digest, by=support_member, now=now)
    assert not row.file.storage.exists(row.file.name)


def test_what_came_and_went_is_remembered(proposal_in, add, support_member, now):
    proposal = proposal_in(P.COACHING)
    row = add(proposal)
    remove_attachment(proposal=proposal, digest=row.digest, by=support_member, now=now)
    kept = Attachment._meta.get_field("events").related_model.objects.filter(proposal=proposal)
    assert list(kept.order_by("pgh_id").values_list("pgh_label", "name", "added_by")) == [
        ("insert", "survey.pdf", support_member.pk),
        ("delete", "survey.pdf", support_member.pk),
    ]


def test_the_same_file_twice_is_one(proposal_in, add):
    proposal = proposal_in(P.COACHING)
    assert add(proposal).pk == add(proposal, name="again.pdf").pk


def test_five_at_most_and_a_free_place_is_filled(proposal_in, add, support_member, now):
    proposal = proposal_in(P.COACHING)
    rows = [add(proposal, word(str(number)), f"{number}.docx") for number in range(MAX_ATTACHMENTS)]
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.TOO_MANY_ATTACHMENTS):
        add(proposal, word("six"), "6.docx")
    remove_attachment(proposal=proposal, digest=rows[2].digest, by=support_member, now=now)
    assert add(proposal, word("seven"), "7.docx").position == 2


@pytest.mark.parametrize("state", [state for state in P if state != P.COACHING])
def test_papers_change_while_the_proposal_is_polished(state, proposal_in, add, support_member, now):
    proposal = proposal_in(state)
    with pytest.raises(Refused):
        add(proposal)
    with pytest.raises(Refused):
        remove_attachment(proposal=proposal, digest="a", by=support_member, now=now)


@pytest.mark.parametrize("role", ["resident", "community_officer", "supervisor", "other_officer", "expert"])
def test_who_attaches_nothing(role, cast, proposal_in, add):
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.NOT_AN_OFFICER):
        add(proposal_in(P.COACHING), by=cast(role))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_five_are_attached(proposal_in, add):
    proposal = proposal_in(P.COACHING)
    files = [word(str(number)) for number in range(MAX_ATTACHMENTS + 2)]
    outcomes = race(*[lambda data=data: add(proposal, data, "a.docx") for data in files])
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.reason for refusal in refusals] == [R.TOO_MANY_ATTACHMENTS] * 2
    assert sorted(proposal.attachments.values_list("position", flat=True)) == list(range(MAX_ATTACHMENTS))


@pytest.mark.django_db(transaction=True)
def test_two_clicks_attach_one_file(proposal_in, add):
    proposal = proposal_in(P.COACHING)
    rows = race(*[lambda: add(proposal)] * 3)
    assert len({row.pk for row in rows}) == 1
    assert stored_files(proposal)[0].storage.exists(rows[0].file.name)


# Pages


def page_of(proposal):
    return reverse("proposal_attachments", args=[proposal.pk])


def test_attaching_on_the_page(proposal_in, support_member):
    proposal, client = proposal_in(P.COACHING), english(support_member)
    response = client.post(page_of(proposal), {"file": SimpleUploadedFile("survey.pdf", pdf())})
    assert response.url == page_of(proposal)
    row = proposal.attachments.get()
    assert "survey.pdf" in text(client.get(page_of(proposal)))
    assert "1 file" in text(client.get(reverse("proposal_writing", args=[proposal.pk])))
    client.post(reverse("attachment_remove", args=[proposal.pk, row.digest]))
    assert not proposal.attachments.exists()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("run.exe", b"MZ", R.ANOTHER_KIND.label),
        ("a.pdf", word(), R.ANOTHER_KIND.label),
        (
            "a.pptx",
            slides(16),
            "These are 16 slides; a pitch has 15 at most: leave some out and attach the file again.",
        ),
        ("a.pdf", pdf()[:-20], R.NOT_AN_ATTACHMENT.label),
        ("a.pdf", b"", "Choose a file first."),
    ],
)
def test_a_refused_file_says_why(name, data, said, proposal_in, support_member):
    proposal = proposal_in(P.COACHING)
    page = text(english(support_member).post(page_of(proposal), {"file": SimpleUploadedFile(name, data)}))
    assert shown(said) in page
    assert not proposal.attachments.exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("anonymous", 404),
        ("outsider", 404),
        ("neighbour", 404),
        ("expert", 404),
        ("other_officer", 404),
        ("resident", 200),
        ("officer", 200),
        ("approver", 200),
        ("supervisor", 200),
        ("community_officer", 200),
        ("support_member", 200),
    ],
)
def test_who_reads_a_paper_of_a_qualified_proposal(role, status, cast, client, proposal_in, add, officer, now):
    """`resident` wrote the idea."""
    proposal = proposal_in(P.COACHING)
    row = add(proposal)
    Attachment.objects.update(proposal=proposal_in(P.QUALIFIED, title="Qualified"))
    row.refresh_from_db()
    if role != "anonymous":
        client.force_login(cast(role))
    response = client.get(row.get_absolute_url())
    assert b"".join(response)
    assert response.status_code == status
    listed = row.name in text(client.get(row.proposal.get_absolute_url()))
    assert listed == (status == 200)


def test_a_paper_is_downloaded_and_never_shown_as_a_page(proposal_in, add, support_member):
    row = add(proposal_in(P.COACHING), name='调查"; x=y.pdf')
    response = english(support_member).get(row.get_absolute_url())
    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_a_lost_file_is_not_found(proposal_in, add, support_member):
    row = add(proposal_in(P.COACHING))
    row.file.storage.delete(row.file.name)
    assert english(support_member).get(row.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("is_blind", [False, True])
def test_an_expert_reads_the_papers_of_what_is_to_be_judged_unless_it_is_judged_blind(
    contest_in, expert, recused_expert, officer, now, is_blind
):
    contest = contest_in("OPEN", is_blind=is_blind)
    entry = contest.entries.get(number="001")
    row = Attachment.objects.create(
        proposal=entry.proposal,
        position=0,
        kind=K.PDF,
        name="survey.pdf",
        file="nothing.pdf",
        size=1,
        digest="ab",
        added_by=officer,
        added_at=now,
    )
    row.file.save("x", SimpleUploadedFile("x", pdf()))
    url = reverse("entry_attachment", args=[entry.pk, row.digest])
    sheet = text(english(expert).get(reverse("sheet", args=[entry.pk])))
    assert (url in sheet, "survey.pdf" in sheet, "Papers are attached" in sheet) == (
        not is_blind,
        not is_blind,
        is_blind,
    )
    response = english(expert).get(url)
    if is_blind:
        assert response.status_code == 404
        return
    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Disposition"].startswith("attachment")
    assert english(recused_expert).get(url).status_code == 403
    assert english(officer).get(url).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(count, proposal_in, add, support_member, django_assert_num_queries):
    proposal, client = proposal_in(P.COACHING), english(support_member)
    for number in range(count):
        add(proposal, word(str(number)), f"{number}.docx")
    client.get(page_of(proposal))
    with django_assert_num_queries(7):
        client.get(page_of(proposal))
