# The sentences of the page `report.html` in English.
