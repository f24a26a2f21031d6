"""Addresses of the front page, the projects, and the pages of communities, on which everything meets."""

from django.urls import URLPattern, path

from projects.views import cards, front, places, projects, search

urlpatterns: list[URLPattern] = [
    path("", front.home, name="home"),
    path("card.png", cards.site_card, name="site_card"),
    path("welcome/", front.after_login, name="after_login"),
    path("communities/", places.community_list, name="community_list"),
    path("communities/<int:pk>/", places.community_detail, name="community_detail"),
    path("search/", search.search, name="search"),
    path("projects/", projects.project_list, name="project_list"),
    path("projects/<int:pk>/", projects.project_detail, name="project_detail"),
    path("projects/<int:pk>/card.png", cards.project_card, name="project_card"),
]
