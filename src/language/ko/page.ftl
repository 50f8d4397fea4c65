# `report.html` 페이지의 문장.
