"""The picture beside a shared link: its size, its words, and who may have it."""

import io

import pytest
from django.core.checks import run_checks
from django.urls import reverse
from PIL import Image, ImageFont

from communities import share_card
from communities.share_card import NEVER_FIRST, SIZE, ShareCard, draw, font_path, wrapped
from tests.browsing import english, text

CARD = ShareCard(kicker="Community A", title="Benches at the west gate", lines=("Accepted",), site="Golden ideas")


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


@pytest.fixture
def no_font(monkeypatch):
    monkeypatch.setattr(share_card, "FONT_PLACES", ())
    font_path.cache_clear()
    yield
    font_path.cache_clear()


def test_size_and_weight():
    picture = draw(CARD)
    assert opened(picture).size == SIZE
    assert len(picture) < 100_000


@pytest.mark.parametrize(
    "title", ["点" * 5000, "😀" * 30, "\u202eRTL\u0000", "", "<script>alert(1)</script>", "𠮷野家"]
)
def test_any_title_can_be_drawn(title):
    assert opened(draw(ShareCard(kicker=title, title=title, lines=(title, title), site="S"))).size == SIZE


def test_words_change_the_picture():
    other = ShareCard(kicker=CARD.kicker, title="Benches at the east gate", lines=CARD.lines, site=CARD.site)
    assert draw(other) != draw(CARD)
    assert other.tag != CARD.tag


def test_without_a_font_the_colours_remain(no_font):
    picture = opened(draw(CARD)).convert("RGB")
    assert font_path() == ""
    assert picture.size == SIZE
    assert len(picture.getcolors(100_000)) > 4


def test_the_system_check_says_that_there_is_no_font(no_font):
    assert [message.id for message in run_checks()] == ["communities.W001"]


def test_the_system_check_is_silent_where_there_is_a_font():
    assert run_checks() == []


def test_the_system_check_refuses_a_font_that_is_not_there(settings):
    settings.SHARE_CARD_FONT = "/nowhere/songti.ttc"
    (message,) = run_checks()
    assert message.id == "communities.E001"
    assert "/nowhere/songti.ttc" in message.msg


def test_no_line_begins_with_a_punctuation_mark():
    font = ImageFont.truetype(font_path(), 60)
    for width in range(400, 700, 20):
        lines = list(wrapped("老人要歇脚，孩子要玩耍，大家都要有地方坐。好不好？好！", font, width))
        assert len(lines) > 1
        assert not any(line[0] in NEVER_FIRST for line in lines)


def test_card_of_an_idea(client, idea_in):
    idea = idea_in("ACCEPTED")
    answer = client.get(reverse("idea_card", args=[idea.pk]))
    assert answer["Content-Type"] == "image/png"
    assert opened(answer.content).size == SIZE
    again = client.get(reverse("idea_card", args=[idea.pk]), headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("state", ["DRAFT", "WITHDRAWN"])
def test_what_is_not_public_has_no_card(resident, idea_in, state):
    assert english(resident).get(reverse("idea_card", args=[idea_in(state).pk])).status_code == 404


def test_card_of_a_proposal(client, proposal_in):
    qualified = proposal_in("QUALIFIED")
    assert opened(client.get(reverse("proposal_card", args=[qualified.pk])).content).size == SIZE
    assert client.get(reverse("proposal_card", args=[proposal_in("DRAFT").pk])).status_code == 404


def test_card_of_the_site(client, programme):
    assert opened(client.get(reverse("site_card")).content).size == SIZE


@pytest.mark.django_db
def test_card_of_a_site_without_a_programme(client):
    assert opened(client.get(reverse("site_card")).content).size == SIZE


def test_pages_name_their_card(idea_in, proposal_in, resident):
    idea = idea_in("ACCEPTED", title="A <b> bench & a lamp")
    page = text(english().get(reverse("idea_detail", args=[idea.pk])))
    assert f'<meta property="og:image" content="http://testserver{reverse("idea_card", args=[idea.pk])}">' in page
    assert '<meta property="og:title" content="A &lt;b&gt; bench &amp; a lamp">' in page
    home = text(english().get(reverse("home")))
    assert f'<meta property="og:image" content="http://testserver{reverse("site_card")}">' in home


def test_a_page_that_is_not_public_names_the_card_of_the_site(idea_in, resident):
    page = text(english(resident).get(reverse("idea_detail", args=[idea_in("DRAFT").pk])))
    assert f'content="http://testserver{reverse("site_card")}">' in page
