"""English dates as Django writes them, but hours from 0 to 24: “6 p.m.” at the end of a sentence would end it twice."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "N j, Y, H:i"
SHORT_DATETIME_FORMAT = "m/d/Y H:i"
