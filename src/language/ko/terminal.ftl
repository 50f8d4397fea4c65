# 감사의 답: 한 문장과 그 구성 요소.

answer-certain = { $verdict }.
answer-doubted = { $verdict }. 다만 { $doubt } { $consequence }.

answer-no-records = 선택 범위에 레코드가 없어 누가 무엇을 사용했는지 알 수 없습니다
answer-no-deletion = 삭제 대기 중인 보안 암호나 키를 사용한 보안 주체가 없습니다
answer-unneeded = 삭제가 예약된 { $things }를 사용한 보안 주체가 없습니다
answer-unnamed = 삭제 대기 중인 { $kind }에 대한 시도 { $count }건이 거부되었지만, 레코드에 어느 { $kind }인지 나와 있지 않습니다
answer-needed = { $count ->
    [1] { $kind } { $name }: 삭제 대기 중이거나 삭제된 후에도 요청되었습니다. { $fate }
   *[other] { $things }가 삭제 대기 중이거나 삭제된 후에도 요청되었습니다. 가장 시급한 대상은 { $kind } { $name }입니다: { $fate }
}
answer-needed-restorable = { $count ->
    [1] { $kind } { $name }: 삭제 대기 중이지만 여전히 요청되고 있습니다. { $fate }
   *[other] { $things }가 삭제 대기 중이거나 삭제된 후에도 요청되었습니다. 그중 { $restorable }개는 아직 복원할 수 있습니다. 가장 시급한 대상은 { $kind } { $name }입니다: { $fate }
}

answer-may-be-more = 더 있을 수 있습니다
answer-not-proven = 확실하지 않습니다

answer-secrets = 보안 암호 { $count }개
answer-keys = 키 { $count }개
answer-authorities = 인증 기관 { $count }개
answer-payment-keys = 결제 키 { $count }개
answer-secrets-and-keys = 보안 암호와 키 { $count }개

kind-secret-or-key = 보안 암호 또는 키
kind-secret = 보안 암호
kind-key = 키
kind-certificate-authority = 인증 기관
kind-payment-key = 결제 키

fate-restorable-until = { $until }까지 복원할 수 있습니다
fate-restorable = 아직 복원할 수 있습니다
fate-window-ended = 복구 기간이 { $until }에 끝났습니다
fate-deleted = 삭제되었습니다
fate-restored = 복원되었습니다
fate-unknown = 아카이브에 삭제 기록이 없습니다

doubt-not-as-delivered = 로그 파일이 CloudTrail이 전송한 상태와 다르므로
doubt-unread-objects = 객체 { $count }개를 완전히 읽지 못했으므로
doubt-problems = 문제가 { $count }건 있으므로
doubt-omitted-uses = 사용 { $count }건이 제외되었으므로
doubt-missing-days = 객체가 없는 날이 { $count }일(계정 및 리전별) 있으므로

# 삭제 취소.

restoration-in-account = 계정 { $account }에서 실행하세요. 다른 계정에서는 그 계정의 같은 이름을 가진 보안 암호가 복원됩니다.
restoration-in-git-bash = Git Bash에서는 이름을 경로로 해석하므로 먼저 MSYS_NO_PATHCONV=1을 설정하세요.
restoration-leaves-disabled = 활성화할 때까지 비활성화된 상태로 유지됩니다.
restoration-unsafe-name = 아직 복원할 수 있지만, 명령에 안전하게 쓸 수 있는 이름이 아카이브에 없습니다.
restoration-restored = 이미 복원되었습니다.
restoration-deleted = 삭제되어 복원할 수 없습니다.
restoration-replica = 복제본은 복원할 수 없습니다. 보안 암호를 이 리전에 다시 복제하세요.
restoration-window-ended = 복구 기간이 끝나 복원이 보장되지 않습니다. 아직 존재하는지 확인하세요.
restoration-unknown = 아카이브로는 삭제 대기 중인지 알 수 없습니다.

# 요약의 구성 요소.

terminal-place = 보고서 위치: { $folder } (파일 { $count }개)
terminal-table-left-out = { $table } 테이블은 1,000만 행이 넘어 기록하지 않았습니다. --tables { $table }을 지정하면 기록합니다
terminal-time-zone = 시각은 { $zone } 기준이며, 괄호 안은 UTC입니다.
terminal-findings = 결과
terminal-more = … 외 { $count }개. 전체는 { $file }에 있습니다
terminal-more-without-folder = … 외 { $count }개. --out DIR을 지정하면 { $file }에 모두 기록됩니다
terminal-more-in-json = … 외 { $count }개. 전체는 --json으로 볼 수 있습니다
terminal-not-named = 이름 없음
terminal-none = 없음
terminal-range = { $from } ~ { $to }
terminal-warning = 경고

# 삭제 내역.

terminal-stories = 삭제 내역
terminal-deletions = 보안 암호와 키의 삭제 { $count }건(시급한 순)
terminal-in = 위치
terminal-scheduled = 삭제 예약
terminal-last-used = 최종 사용
terminal-attempts = 시도
terminal-callers = 호출자
terminal-unseen = 미감지
terminal-restored = 복원
terminal-deleted = 삭제
terminal-restore = 복원 방법
terminal-names = 이름
terminal-not-in-the-archive = 아카이브에 없음
terminal-from = 주소 { $address }
terminal-with = 프로그램 { $program }
terminal-caller = { $who }: 호출 { $count }회, { $times }
terminal-missed = AWS 경보가 감지하지 못함: { $calls }
terminal-copies-count = {" "}(사본 포함)
terminal-not-joined = ARN과 연결되지 않음: { $reason }
terminal-joined = 연결 근거: { $names }

# 규칙과 지표.

terminal-rules = 규칙
terminal-busy-rules = { $count }개 중 { $busy }개에 일치 항목 있음
terminal-rule = 규칙
terminal-matches-column = 일치
terminal-attempts-column = 시도
terminal-episodes-column = ALARM 상태 횟수
terminal-time-column = ALARM 상태 시간
terminal-attempts-heading = 시도
terminal-matches-heading = 일치 항목
terminal-attempts-to = { $count }회: { $subject }
terminal-matches-of = { $count }건: { $subject }
terminal-metric = 지표
terminal-metric-range = { $from } ~ { $to }, { $period }당 최대 { $maximum }
terminal-no-sample = 샘플 없음
terminal-dimensions = 차원
terminal-event = 이벤트
terminal-principal = 보안 주체
terminal-secret-or-key = 보안 암호 또는 키
terminal-first = 처음
terminal-last = 마지막

# 경보.

terminal-alarm = 경보
terminal-never-in-alarm = ALARM 상태가 된 적 없음
terminal-in-alarm = ALARM 상태 { $count }회, { $time }
terminal-name = 이름
terminal-proposed-alarm = { $name } (제안: 이 지표에 재현할 수 있는 정의된 경보 없음)
terminal-composite-alarm = { $name } (복합)
terminal-condition = 조건
terminal-of-rules = 규칙
terminal-sees = 대상
terminal-actions = 작업
terminal-notifications = 변경 { $at-once }건은 즉시, { $delayed }건은 나중에 실행됨. { $held-back }건은 억제기 또는 음소거 규칙으로 보류됨
terminal-replayed = 재현 기간
terminal-replay = { $from } ~ { $to }, 모든 평가
terminal-in-alarm-from = ALARM 상태 시작
terminal-to = 종료
terminal-for = 지속
terminal-peak = 최고
terminal-samples = 샘플
terminal-clock = 시각 기준
terminal-end-of-replay = 재현 종료
terminal-not-compared = 비교 안 함
terminal-certain = 확실
terminal-not-under = { $clocks }에서는 없음

# 수치의 한계.

terminal-problems = 문제
terminal-everything-was-read = 없음: 모두 읽음
terminal-everything-of-cloudtrail-was-read = 없음: CloudTrail 데이터를 모두 읽음
terminal-problem-count = { $count }건: 읽지 못한 부분은 위 수치에서 빠져 있습니다
terminal-record = 레코드 { $number }
terminal-byte = 바이트 { $number }
terminal-integrity = 무결성
terminal-proven = 확인한 항목이 모두 증명됨
terminal-wrong = 잘못된 항목이 있음
terminal-not-proven = 잘못된 항목은 없지만 일부는 증명되지 않음
terminal-proven-label = 증명
terminal-proven-log-files = 로그 파일 { $count }개 중 { $proven }개
terminal-grades = 등급
terminal-grade-counts = { $grades }(다이제스트 포함)
terminal-notes = 참고
terminal-chain = 체인
terminal-gap-kind = 종류
terminal-gap-from = 빈 기간 시작
terminal-explained-column = 사유
terminal-explained = 설명됨
terminal-coverage = 아카이브 범위
terminal-days-unknown = 누락된 것으로 보이는 항목
terminal-covered = 계정 및 리전별 { $count }일 중 객체가 없는 날 { $days }일. 객체가 없는 시간 { $hours }시간
terminal-assumptions = 가정
terminal-assumptions-because = AWS 문서에 없거나 아카이브의 정보가 AWS보다 적은 부분

# 검사 대상.

terminal-scanned = 검사
terminal-objects = 객체
terminal-objects-sum = 목록 { $listed } = 읽음 { $read } + 건너뜀 { $skipped }{ $reasons } + 실패 { $failed }{ $partly }. 저장 { $stored }, 내용 { $content }
terminal-read-in-part = 그중 { $count }개는 일부만 읽음
terminal-not-of-cloudtrail = CloudTrail이 아닌 객체 { $count }개: { $content }(예: { $example })
terminal-content-json = 레코드 없는 JSON
terminal-content-table = 레코드 없는 테이블
terminal-content-binary = 바이너리 데이터
terminal-content-text = 텍스트
terminal-content-other = 기타
terminal-records = 레코드
terminal-matched = 일치 { $count }
terminal-unmatched = 불일치 { $count }
terminal-duplicate = 중복 { $count }
terminal-excluded = 제외 { $count }
terminal-unparseable = 해석 불가 { $count }
terminal-events = 이벤트
terminal-requested = { $events }(요청: { $requested })
terminal-places = 위치
terminal-accounts-and-regions = 계정 { $accounts }, 리전 { $regions }

# 보안 암호 또는 키 하나.

terminal-resource = 대상
terminal-no-users = 아카이브에 사용 기록이 없습니다.
terminal-address = 주소
terminal-program = 프로그램
terminal-before = 예약 전
terminal-during = 대기 중
terminal-after = 이후
terminal-period = 호출 { $count }회, 거부 { $refused }회, { $times }

# ARN과 연결되지 않은 이름.

not-joined-name-only = 어떤 레코드에도 ARN이 없음
not-joined-earlier-name = 그 이름의 보안 암호가 나중에야 생성됨
not-joined-ambiguous = 같은 이름이 여럿이며 어느 것인지 아카이브에 나타나지 않음
