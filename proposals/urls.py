"""Addresses of ideas and proposals."""

from django.urls import URLPattern, path

from proposals.views import cards, claiming, drafts, entering, ideas, photos, proposals, similar, tables, writing

urlpatterns: list[URLPattern] = [
    path("ideas/", ideas.idea_list, name="idea_list"),
    path("ideas/new/", ideas.idea_create, name="idea_create"),
    path("ideas/drafts/", drafts.draft_save, name="draft_save"),
    path("ideas/drafts/<uuid:key>/discard/", drafts.draft_discard, name="draft_discard"),
    path("ideas/similar/", similar.idea_similar, name="idea_similar"),
    path("ideas/<int:pk>/second-instead/", similar.idea_second_instead, name="idea_second_instead"),
    path("ideas/mine/", ideas.my_ideas, name="my_ideas"),
    path("ideas/receipt/", entering.receipt_state, name="receipt_state"),
    path("ideas/receipt/claim/", claiming.idea_claim, name="idea_claim"),
    path("desk/ideas/table.<str:kind>", tables.desk_ideas_table, name="desk_ideas_table"),
    path("desk/claims/", claiming.desk_claims, name="desk_claims"),
    path("desk/claims/<int:pk>/", claiming.claim_decide, name="claim_decide"),
    path("desk/ideas/new/", entering.idea_enter, name="idea_enter"),
    path("desk/ideas/<int:pk>/receipt/", entering.idea_receipt, name="idea_receipt"),
    path("ideas/<int:pk>/", ideas.idea_detail, name="idea_detail"),
    path("ideas/<int:pk>/photos/", photos.idea_photos, name="idea_photos"),
    path("ideas/<int:pk>/photos/<str:digest>.jpg", photos.idea_photo, name="idea_photo"),
    path("ideas/<int:pk>/photos/<str:digest>/remove/", photos.idea_photo_remove, name="idea_photo_remove"),
    path("ideas/<int:pk>/photos/<str:digest>/take-down/", photos.idea_photo_take_down, name="idea_photo_take_down"),
    path("ideas/<int:pk>/name/", ideas.idea_name, name="idea_name"),
    path("ideas/<int:pk>/second/", ideas.idea_second, name="idea_second"),
    path("ideas/<int:pk>/card.png", cards.idea_card, name="idea_card"),
    path("ideas/<int:pk>/edit/", ideas.idea_edit, name="idea_edit"),
    path("ideas/<int:pk>/withdraw/", ideas.idea_withdraw, name="idea_withdraw"),
    path("proposals/", proposals.proposal_list, name="proposal_list"),
    path("proposals/<int:pk>/", proposals.proposal_detail, name="proposal_detail"),
    path("desk/proposals/<int:pk>/", writing.proposal_writing, name="proposal_writing"),
    path("desk/proposals/<int:pk>/notes/", writing.coaching_note, name="coaching_note"),
    path("desk/proposals/<int:pk>/hand-in/", writing.hand_in, name="hand_in"),
    path("desk/proposals/<int:pk>/<str:name>/", writing.proposal_section, name="proposal_section"),
    path("proposals/<int:pk>/card.png", cards.proposal_card, name="proposal_card"),
]
