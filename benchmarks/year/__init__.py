"""A whole year of ideas in a scratch database, as large as one likes, for the measurements of lists."""
