"""Addresses of the front page, the projects, and the pages of communities, on which everything meets."""

from django.urls import URLPattern, path

from projects.views import cards, desk, front, mine, places, programmes, projects, search

urlpatterns: list[URLPattern] = [
    path("", front.home, name="home"),
    path("card.png", cards.site_card, name="site_card"),
    path("welcome/", front.after_login, name="after_login"),
    path("communities/", places.community_list, name="community_list"),
    path("communities/<int:pk>/", places.community_detail, name="community_detail"),
    path("my/", mine.my, name="my"),
    path("my/profile/", mine.profile, name="profile"),
    path("my/profile/log-out-elsewhere/", mine.log_out_elsewhere, name="log_out_elsewhere"),
    path("my/data.json", mine.my_data, name="my_data"),
    path("privacy/", mine.privacy, name="privacy"),
    path("desk/", desk.desk, name="desk"),
    path("desk/ideas/", desk.desk_ideas, name="desk_ideas"),
    path("desk/proposals/", desk.desk_proposals, name="desk_proposals"),
    path("desk/residencies/<int:pk>/", desk.residency_decide, name="residency_decide"),
    path("organisations/<int:pk>/", places.organisation_detail, name="organisation_detail"),
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme_detail"),
    path("programmes/<int:pk>/calendar.ics", programmes.programme_ics, name="programme_ics"),
    path("search/", search.search, name="search"),
    path("projects/", projects.project_list, name="project_list"),
    path("projects/<int:pk>/", projects.project_detail, name="project_detail"),
    path("projects/<int:pk>/card.png", cards.project_card, name="project_card"),
]
