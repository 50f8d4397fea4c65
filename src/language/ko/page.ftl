# `report.html` 페이지의 문장.

page-title = backtrail 보고서
page-contents = 목차
page-footer = 위에 적힌 아카이브를 backtrail이 오프라인에서 분석한 보고서입니다. 모든 시각은 UTC입니다.
page-search = 검색
page-shown = 행
page-sort = 이 열로 정렬
page-cut = 전체 { $total }행 중 { $shown }행을 표시합니다. 전체는 보고서 폴더의 { $file } 파일에 있습니다.
page-cut-without-file = 전체 { $total }행 중 { $shown }행을 표시합니다. --format csv를 사용하면 전체가 보고서 옆에 기록됩니다.
page-none = 없습니다.
page-total = { $count }행

# 감사의 수치.
page-places = 계정 { $accounts }개, 리전 { $regions }개
page-fact-attempts = { $subject ->
    [attempts] 시도
   *[other] 일치
}
page-fact-stories = 삭제
page-fact-principals = 보안 주체
page-fact-episodes = ALARM 상태 횟수
page-fact-time-in-alarm = ALARM 상태 시간
page-fact-problems = 문제

# 삭제 내역.
page-stories = 삭제 내역
page-no-stories = 아카이브에 보안 암호나 키의 삭제가 없고, 보안 암호나 키의 이름이 나오는 거부된 호출도 없습니다.
page-stories-lead = 보안 암호와 키의 삭제 { $count }건을 시급한 순서로 표시합니다.
page-stories-others = 그 밖의 삭제
page-phase-before = 예약 전
page-phase-pending = 삭제 대기 중
page-phase-after = 이후
page-window = 삭제를 취소할 수 있는 기간
page-story-chart = { $name }의 시간 축
page-story-callers = 삭제 예약 후 요청한 호출자
page-story-evidence = 증거: 레코드와 레코드가 있는 파일
page-moment-scheduled = 삭제 예약 { $time }
page-moment-restored = 복원 { $time }
page-moment-deleted = 삭제 { $time }
page-moment-last-use = 최종 사용 { $time }
page-moment-limit = 복구 기간 종료 { $time }
page-lane-attempts = 경보가 감지한 호출
page-lane-not-audited = 감사하지 않은 경보
page-lane-unseen = 경보가 감지하지 못한 호출
page-fact-place = 위치
page-fact-scheduled = 삭제 예약
page-fact-undoing = 삭제 취소
page-fact-last-use = 최종 사용
page-fact-attempted = 시도
page-fact-unseen = AWS 경보가 감지하지 못함
page-fact-restored = 복원
page-fact-deleted = 삭제
page-fact-command = 복원 명령
page-record = 레코드 { $record }번
page-not-in-archive = 아카이브에 없음
page-days-after-scheduled = , 예약 후 { $days }일

# 경보.
page-alarms = 경보 타임라인
page-no-alarms = 재현한 경보가 없습니다.
page-proposed = 제안: 이 지표에 재현할 수 있는 정의된 경보 없음
page-legend-bar = 기간별 지표
page-legend-breaching = 임계값 위반
page-legend-threshold = 임계값
page-legend-alarm = ALARM 상태
page-bursts = 활동 구간 확대
page-alarms-not-shown = 경보 { $count }개가 보고서 폴더의 alarm_history에 더 있습니다.
page-alarm-chart = { $name }의 지표와 상태, { $span }
page-alarm-description = 값이 있는 기간 { $periods }개, 최고 { $highest }, 임계값 { $threshold }, ALARM 상태 { $episodes }회. 시각은 ALARM 상태 구간 테이블에 있습니다.
page-in-alarm = { $count ->
    [0] ALARM 상태가 된 적 없음
   *[other] ALARM 상태 { $count }회, 합계 { $duration }
}

# 시도.
page-attempts = { $subject ->
    [attempts] 시도
   *[other] 일치하는 레코드
}
page-no-attempts = { $subject ->
    [attempts] 시도가 없습니다.
   *[other] 일치하는 레코드가 없습니다.
}
page-attempts-caption = { $subject ->
    [attempts] 시도(많으면 최근 것)
   *[other] 일치하는 레코드(많으면 최근 것)
}
page-heat-map = { $subject ->
    [attempts] 날짜와 시간대별 시도(UTC)
   *[other] 날짜와 시간대별 일치(UTC)
}
page-by-weekday = 아카이브가 { $days }일보다 길어 요일별로 합쳤습니다.
page-heat-map-description = { $subject ->
    [attempts] 시도 { $count }회.
   *[other] 일치 { $count }회.
} 가장 많은 횟수는 { $most }회이며, 처음은 { $hour }입니다.
page-monday = 월요일
page-tuesday = 화요일
page-wednesday = 수요일
page-thursday = 목요일
page-friday = 금요일
page-saturday = 토요일
page-sunday = 일요일
page-principals = 보안 주체
page-principals-caption = 책임 있는 보안 주체, 많은 순서
page-sources = 소스
page-sources-caption = 호출한 주소와 프로그램
page-episodes = ALARM 상태 구간
page-episodes-caption = ALARM 상태였던 시간, 그리고 시각 기준에 따라 달라지는지
page-notifications = 알림
page-notifications-caption = 작업이 있는 상태 변경
page-still-in-alarm = 재현이 끝날 때까지 ALARM
page-under-every-clock = 모든 시각 기준에서 같음
page-not-under = { $clocks } 기준에서는 없음
page-held-back = 보류됨
page-not-named = 이름 없음

# 범위.
page-coverage = 아카이브 범위
page-coverage-numbers = 계정·리전 { $places }곳의 { $days }일 중 객체가 없는 날은 { $absent }일입니다.
page-coverage-hours = 객체가 없는 시간은 { $hours }시간입니다.
page-calendar = 객체가 있는 날과 없는 날의 달력
page-coverage-caption = 계정과 리전별 객체가 있는 날과 없는 날
page-day-present = 객체 있음, 모두 읽음
page-day-damaged = 일부를 읽지 못한 객체
page-day-absent = 객체 없음
page-day-hint = { $day }: { $state } ({ $objects })
page-places-not-shown = 계정·리전 { $count }곳이 보고서 폴더의 coverage 테이블에 더 있습니다.

# 무결성, 문제, 방법.
page-integrity = 무결성과 문제
page-not-verified = 로그 파일 검증의 다이제스트를 확인하지 않았습니다. --verify 없이 실행했습니다.
page-integrity-proven = 확인한 것은 모두 증명되었습니다.
page-integrity-wrong = 잘못된 것이 있습니다.
page-integrity-not-proven = 잘못된 것은 없지만 모두 증명되지는 않았습니다.
page-proven-log-files = 로그 파일 { $total }개 중 { $proven }개가 증명되었습니다.
page-grades-caption = 등급별 객체 수
page-gaps-caption = 다이제스트 체인이 아무것도 증명하지 못하는 시간
page-problems = 문제
page-problems-lead = 위의 수치에는 읽지 못한 것이 빠져 있습니다.
page-no-problems = 없음: CloudTrail 객체를 모두 읽었습니다.
page-problems-caption = 읽지 못한 것
page-method = 계산 방법
page-assumptions = 가정
page-computed = 실행
page-rules = 규칙
page-rules-caption = 지표 필터
page-files = 이 보고서의 파일과 SHA-256
page-files-caption = 이 페이지 옆의 파일
page-method-version = 프로그램
page-method-commit = 커밋
page-command-in-run = 보고서 폴더의 run.json에 입력한 그대로 있습니다
page-method-command = 명령
page-method-clock = 시각 기준
page-method-scope = 경보 범위
page-method-objects = 객체
page-method-records = 레코드
page-method-bytes = 저장 크기 / 내용 크기
page-method-inputs = 입력의 SHA-256
page-method-rules = 규칙의 SHA-256
page-objects = 목록 { $listed } = 읽음 { $read } + 건너뜀 { $skipped } + 실패 { $failed }
page-records = 전체 { $total } = 일치 { $matched } + 불일치 { $unmatched } + 중복 { $duplicate } + 제외 { $excluded } + 해석 불가 { $unparseable }

# 백테스트.
page-backtest-recommended = 권장: { $alarm }.
page-backtest-missed = 시험한 모든 경보가 모든 구간을 놓치므로 권장할 경보가 없습니다.
page-backtest-nothing = 경보를 평가할 기준이 없으므로 권장할 경보가 없습니다.
page-backtest-scope = 조합 { $combinations }개, 일치 { $attempts }회, 활동 구간 { $bursts }개
page-backtest-export = 배포 명령:
page-backtest-curves = 임계값에 따른 변화
page-backtest-settings = 기간마다 곡선 하나. 나머지 설정은 같습니다: { $settings }.
page-backtest-threshold = 임계값
page-backtest-episodes = ALARM 상태 횟수
page-backtest-minutes = ALARM 상태 시간(분)
page-backtest-missed-bursts = 알림이 없었던 활동 구간
page-backtest-description = { $curve }: 가장 낮은 임계값에서 { $first }, 가장 높은 임계값에서 { $last }
page-backtest-table = 시험한 경보, 좋은 순서
page-backtest-caption = 경보와 그 결과

# 테이블의 열.
page-column-time = 시각
page-column-rule = 규칙
page-column-event = 이벤트
page-column-target = 대상
page-column-principal = 보안 주체
page-column-source = 소스 주소
page-column-user-agent = 사용자 에이전트
page-column-error = 오류
page-column-phase = 단계
page-column-place = 계정과 리전
page-column-event-id = 이벤트 ID
page-column-object = 파일
page-column-record = 레코드
page-column-name = 이름
page-column-verdict = 판정
page-column-attempts = 레코드 수
page-column-window-end = 복구 기간 종료
page-column-first = 처음
page-column-last = 마지막
page-column-calls = 호출
page-column-targets = 보안 암호와 키
page-column-sources = 주소
page-column-principals = 보안 주체
page-column-alarm = 경보
page-column-start = 시작
page-column-end = 끝
page-column-duration = 지속
page-column-peak = 최고
page-column-samples = 샘플
page-column-clock = 시각 기준
page-column-evidence = 증거
page-column-settings = 그 밖의 설정
page-column-changed = 변경
page-column-state = 상태
page-column-sent = 전송
page-column-actions = 작업
page-column-first-object = 첫 객체
page-column-last-object = 마지막 객체
page-column-days-with = 객체 있는 날
page-column-days-without = 없는 날
page-column-gaps = 빈 기간
page-column-grade = 등급
page-column-objects = 객체
page-column-chain = 체인
page-column-kind = 종류
page-column-detail = 설명
page-column-pattern = 패턴
page-column-metric = 지표
page-column-matches = 일치
page-column-file = 파일
page-column-sha256 = SHA-256
page-column-rank = 순위
page-column-threshold = 임계값
page-column-period = 기간
page-column-datapoints = 데이터 포인트
page-column-episodes = ALARM 상태 횟수
page-column-minutes = ALARM 상태 시간(분)
page-column-missed = 놓친 구간
page-column-noise = 구간 밖
page-column-delay = 지연 중앙값
