# 한국어 보고서의 문장. 용어는 AWS 한국어 설명서를 따릅니다(보안 암호, 경보, 지표 필터, 삭제 예약).

# 모든 언어에서 같은 텍스트(예: 오류).
text-verbatim = { $text }

# 문장의 부분.
list-range = { $first }~{ $last }
list-cut = { $names } 외 { $count }개

# 스토리의 판정.
verdict-pending-in-use-until = 아카이브 끝 시점에 삭제 대기 중({ $until }까지 취소 가능)이며, 아직 호출자 { $callers }명이 요청하고 있음
verdict-pending-in-use = 아카이브 끝 시점에 삭제 대기 중이며, 아직 호출자 { $callers }명이 요청하고 있음
verdict-pending-until = 아카이브 끝 시점에 삭제 대기 중({ $until }까지 취소 가능), 요청 없음
verdict-pending = 아카이브 끝 시점에 삭제 대기 중, 요청 없음
verdict-awaits-replicas = 복제본이 삭제되면 삭제됨, { $asked }
verdict-window-ended = 복구 기간이 { $until }에 끝났으나 아카이브에 삭제 기록이 없음, { $asked }
verdict-deleted-in-use = 호출자 { $callers }명이 아직 요청하는 중에 삭제됨
verdict-deleted = 삭제됨, 요청 없음
verdict-forced = 복구 기간 없이 강제 삭제됨(되돌릴 수 없음)
verdict-forced-in-use = 복구 기간 없이 강제 삭제됨(되돌릴 수 없음), { $asked }
verdict-replica-deleted = 복제본이 즉시 삭제됨. 보안 암호는 기본 리전에 남아 있음
verdict-replica-deleted-in-use = 복제본이 즉시 삭제됨. 보안 암호는 기본 리전에 남아 있음, { $asked }
verdict-restored-in-use = 삭제를 예약할 때 아직 사용 중이었으며, 시도 { $attempts }회 후 복원됨
verdict-restored-in-use-in-days = 삭제를 예약할 때 아직 사용 중이었으며, { $days }일 안에 시도 { $attempts }회 후 복원됨
verdict-restored = 복원됨, 요청 없음
verdict-restored-in-days = { $days }일 안에 복원됨, 요청 없음
verdict-unscheduled = 호출자 { $callers }명이 요청했을 때 삭제 대기 중이었으나 아카이브에 삭제 기록이 없음
verdict-end-missing = 삭제가 예약되었으나 아카이브에 그 결과가 없음, { $asked }
verdict-asked = { $callers ->
    [0] 요청 없음
   *[other] 호출자 { $callers }명이 요청함
}

# 삭제 내역의 이벤트: 누가 무엇을 했는지, 언제까지 취소할 수 있는지.
event-at-no-known-time = 시각을 알 수 없음
event-at-or-later = { $time } 또는 그 이후
event-by = { $event }, 보안 주체 { $principal }
event-by-from = { $event }, 보안 주체 { $principal } 주소 { $address }
times-at = { $time }
times-from-to = { $from } ~ { $to }
attempted-times = { $count }회, { $times }
attempted-with-days-left = { $count }회, { $times }, { $days }일 남음
undoing-possible = { $until }까지 취소 가능
undoing-over = { $until }까지 취소할 수 있었음
undoing-impossible = 취소할 수 없음

# AWS 경보가 감지하지 못하는 호출.
missed-calls = 호출 { $count }회 { $reason }
missed-after-deletion = (삭제 후)
missed-access-denied = (권한 없음)
missed-other-operation = (다른 작업)
missed-other-text = (다른 문구로 거부됨)
missed-batch = (여러 보안 암호를 한 번에)
missed-other-service = (문서화된 경보가 없는 서비스)
missed-succeeded = (삭제 예약 후에도 성공함)

# 아카이브에 빠진 것으로 보이는 내용.
coverage-without-kms = KMS 레코드가 하나도 없습니다. 추적에서 제외했거나 키를 사용한 적이 없을 수 있습니다
coverage-without-reads = 읽기 전용 호출의 레코드가 하나도 없습니다. 추적에서 제외했을 수 있으며, 그렇다면 보안 암호를 읽은 기록도 모두 빠집니다
coverage-without-places = 객체 이름에 계정, 리전, 전송 시간이 없어 빠진 날을 찾을 수 없습니다
coverage-absent-days = { $places }: 요청한 { $days }일 중 { $absent }일에 객체가 없습니다({ $ranges })
coverage-unknown-account = --account { $name }: 이 계정의 내용을 찾을 수 없습니다
coverage-unknown-region = --region { $name }: 이 리전의 내용을 찾을 수 없습니다
coverage-account = 계정 { $account }
coverage-root = 계정 { $account }({ $root })
coverage-outlier = { $name }의 객체는 { $first }~{ $last } 시간대의 것만 있습니다. 다른 객체를 합치면 { $begin }~{ $end } 시간대입니다
coverage-silent-region = { $place }: { $since } 시간대 이후 객체가 없습니다. 계정의 다른 리전은 { $until }까지 계속됩니다
coverage-no-kms-since = { $place }: { $since } 시간대 이후 KMS 레코드가 없으나 다른 레코드는 계속됩니다. 그때부터 추적에서 제외했을 수 있습니다
coverage-no-reads-since = { $place }: { $since } 시간대 이후 읽기 전용 호출의 레코드가 없으나 다른 레코드는 계속됩니다. 그때부터 추적에서 제외했을 수 있습니다
coverage-the-archive = 아카이브
coverage-more = … 같은 종류의 경고 { $count }개가 더 있습니다. 전체는 summary.json의 `coverage.places`에 있습니다

# 빠졌거나 합쳐진 보안 암호 및 키 사용 기록.
uses-omitted = 보안 암호와 키의 사용 { $count }건은 종류가 너무 많아 제외되었습니다. 사용 기록이 없는 보안 암호나 키도 사용되었을 수 있습니다
uses-merged-to-days = 보안 암호와 키의 사용은 종류가 많아 시간 단위가 아닌 일 단위로 보관됩니다
uses-merged-to-callers = 보안 암호와 키의 사용은 종류가 많아 시간별이 아닌 호출자별로 보관됩니다
uses-merged-to-principals = 보안 암호와 키의 사용은 종류가 많아 시간, 주소, 프로그램별이 아닌 보안 주체별로 보관됩니다
uses-unknown = 객체 { $count }개는 이전 버전이 원장에 스캔하여 보안 암호와 키의 사용을 알 수 없습니다. --rescan으로 수집할 수 있습니다

# 빠진 결과(다른 시스템용).
findings-in-files = 한 번의 호출로 최대 100개를 가져올 수 있으므로 Security Hub용 결과는 파일 { $count }개({ $first }~{ $last })에 나뉘어 있습니다
findings-undated = 시간이 있는 레코드가 없어 결과 { $count }개를 제외했습니다
findings-without-account = 결과 { $count }개는 Security Hub용 파일에 없습니다. Security Hub는 계정과 리전이 있는 결과만 가져옵니다

# 가정: 각각의 이름, 값, 의미.
assumption-clock = 시각 기준
assumption-clock-log = { $clock }; 일치 { $count }건 중 { $unknown }건은 로그 그룹의 시간이 없어 발생 시간으로 계산합니다
assumption-clock-meaning = AWS는 이벤트를 CloudWatch Logs에 전송된 분(몇 분 뒤)에 계산합니다. S3 아카이브에는 그 시간이 없으므로 ALARM 상태 구간마다 다른 시각 기준으로도 확인합니다
assumption-duplicates = 중복
assumption-duplicates-dropped = eventID 기준으로 제거
assumption-duplicates-kept = 유지
assumption-duplicates-meaning = 로그 그룹은 이벤트 사본을 하나만 받지만 아카이브에는 여러 개 있을 수 있습니다. 선택된 레코드만 비교합니다
assumption-interior-star = 값 안의 *
assumption-interior-star-value = 임의의 문자열; 문자 그대로라면 규칙의 결과 { $differing }건이 달라집니다
assumption-interior-star-meaning = AWS는 어느 쪽인지 설명하지 않습니다. 2018년 안내서에는 문자 그대로 인쇄되었고, 배포된 패턴은 임의의 문자열을 뜻합니다
assumption-default-value = 기본값
assumption-default-value-value = 일치하지 않는 이벤트마다 한 번 게시
assumption-default-value-meaning = AWS는 일치하는 이벤트가 없는 분에 대해 문서화하고 있으며, 실제로도 그렇게 게시했습니다. 이런 이벤트의 사본도 계산합니다
assumption-missing-value = 값이 없거나 숫자가 아닌 경우
assumption-missing-value-value = 없거나 null이면 기본값, 그 밖에는 샘플 없음
assumption-missing-value-meaning = AWS가 실제로 그렇게 게시했습니다
assumption-missing-dimension = 차원이 없거나 비어 있는 경우
assumption-missing-dimension-value = 차원 없는 샘플
assumption-missing-dimension-meaning = 차원이 없을 때 AWS가 실제로 그렇게 게시했습니다. null과 빈 값도 같다고 가정합니다. 차원 없는 경보는 이런 샘플만 봅니다
assumption-selected-events = 필드 선택 기준
assumption-selected-events-value = 레코드의 recipientAccountId와 awsRegion 기준
assumption-selected-events-meaning = AWS는 이벤트가 발생한 계정과 리전으로 선택하며, 이를 레코드의 값으로 간주합니다. 값이 없는 레코드는 그 조건을 충족하지 않습니다
assumption-evaluation-range = 평가 범위
assumption-evaluation-range-value = 데이터 포인트 { $count }개
assumption-evaluation-range-meaning = AWS는 평가하는 것보다 많은 데이터 포인트를 가져오지만 그 수를 공개하지 않습니다. 여기서는 문서의 표와 기록된 경보 이력을 따릅니다
assumption-evaluation-offset = 평가 오프셋
assumption-evaluation-offset-value = { $seconds }초
assumption-evaluation-offset-meaning = 각 경보는 1분 안의 정해진 시점에 평가되며, AWS는 그 시점을 공개하지 않습니다
assumption-alarm-scope = 경보 범위
assumption-alarm-scope-more = 이 밖에 경보 { $count }개도 다릅니다
assumption-alarm-scope-compared = { $alarm }: 여기서는 { $episodes }
assumption-alarm-scope-other = { $scope }이면 { $episodes }
assumption-alarm-scope-meaning = 로그 그룹은 하나의 계정과 리전에 있습니다. 조직 추적은 모든 이벤트를 로그 그룹 하나로 보내고, 계정이나 리전의 추적은 자체 로그 그룹으로 보냅니다
assumption-mapped-from-ocsf = Security Lake 레코드
assumption-mapped-from-ocsf-value = { $count }개를 OCSF에서 CloudTrail 필드로 변환
assumption-mapped-from-ocsf-meaning = OCSF는 레코드의 필드를 다른 이름으로 보관하고, 이름이 없는 필드는 텍스트로 보관합니다. null 멤버와 값의 유형은 사라지며, 수집기가 제외한 필드에 대한 패턴은 아무것도 선택하지 않습니다
assumption-requested = 요청한 시간
assumption-requested-from = { $from }부터
assumption-requested-to = { $to } 이전
assumption-requested-both = { $from }부터 { $to } 이전까지
assumption-requested-meaning = 이 시간 밖의 호출은 보고서에 없습니다. 삭제를 예약하거나 취소하거나 완료한 호출도 마찬가지이므로, 삭제 내역이 더 일찍 시작되었거나 다르게 끝났을 수 있습니다
assumption-mapped-from-ecs = Elastic 레코드
assumption-mapped-from-ecs-value = { $count }개를 ECS에서 CloudTrail 필드로 변환
assumption-mapped-from-ecs-meaning = event.original이 없는 ECS 문서에는 Elastic 파이프라인이 남기는 필드만 있습니다. 그 밖의 필드에 대한 패턴은 아무것도 선택하지 않으며, Kibana의 CSV처럼 시간대가 없는 시각은 UTC로 읽습니다
assumption-without-hash = 객체의 해시
assumption-without-hash-value = { $count }개 중 { $unknown }개 없음
assumption-without-hash-meaning = 이전 버전의 원장에는 객체의 해시가 없고, 제한을 넘는 객체는 끝까지 읽지 않습니다
assumption-inventory = S3 객체
assumption-inventory-value = { $time } 기준, 인벤토리 { $manifest }
assumption-inventory-meaning = S3 Inventory에는 그 시점 직전에 기록된 객체가 없거나 이미 삭제된 객체가 있을 수 있습니다. 그 뒤에 전송된 객체는 이 보고서에 포함되지 않습니다
scope-archive = 아카이브 전체에 경보 하나
scope-account = 계정마다 경보 하나
scope-region = 계정과 리전마다 경보 하나
episode-count = ALARM 상태 { $count }회

# 규칙이 세는 것.
subject-custom-pattern = 사용자 지정 패턴
subject-metric-filter = 지표 필터 { $name }
subject-secrets = 삭제 예약된 보안 암호 읽기
subject-kms = 삭제 대기 중인 KMS 키 사용
subject-secrets-2018 = 삭제 예약된 보안 암호 읽기(2018년 메시지)
subject-secrets-writes = 삭제 예약된 보안 암호 변경 또는 같은 이름의 보안 암호 생성
subject-acm-pca = 삭제 대기 중인 사설 인증 기관 사용
subject-changes-to-security-groups = 보안 그룹 변경
subject-failed-sign-ins-to-the-console = 콘솔 로그인 실패
subject-changes-to-iam-policies = IAM 정책 변경
subject-actions-of-the-root-user = 루트 사용자의 작업
subject-api-calls-in-sessions-without-mfa = MFA 없는 세션의 API 호출
subject-sign-ins-to-the-console-without-mfa = MFA 없는 콘솔 로그인
subject-unauthorized-api-calls = 무단 API 호출
subject-unauthorized-api-calls-and-most-others = 무단 API 호출 및 로그 전송 서비스의 HeadBucket 호출을 제외한 모든 호출
subject-sign-ins-of-iam-users-to-the-console-without-mfa = IAM 사용자의 MFA 없는 콘솔 로그인
subject-changes-to-the-configuration-of-cloudtrail = CloudTrail 구성 변경
subject-kms-keys-disabled-or-scheduled-for-deletion = KMS 키 비활성화 또는 삭제 예약
subject-changes-to-policies-of-s3-buckets = S3 버킷 정책 변경
subject-changes-to-the-configuration-of-aws-config = AWS Config 구성 변경
subject-changes-to-network-acls = 네트워크 ACL 변경
subject-changes-to-network-gateways = 네트워크 게이트웨이 변경
subject-changes-to-route-tables = 라우팅 테이블 변경
subject-changes-to-vpcs = VPC 변경
subject-changes-to-the-organization = 조직 변경

# 문제의 종류.
problem-unreadable = 읽을 수 없음
problem-unavailable = 이번에는 전달되지 않음
problem-access-denied = 액세스 거부됨
problem-archived = 아카이브됨(복원되지 않음)
problem-missing = 목록에 있으나 존재하지 않음
problem-missing-log-file = 다이제스트에 있는 로그 파일이 없음
problem-replaced = 목록 작성 후 교체됨
problem-empty = 비어 있음
problem-not-cloudtrail = CloudTrail 객체가 아님
problem-unsupported-container = 지원하지 않는 컨테이너
problem-unrecognized-records = 알 수 없는 형식의 레코드
problem-damaged-compression = 압축 손상
problem-too-large = 크기 제한 초과
problem-not-utf8 = UTF-8이 아님
problem-damaged-json = JSON 손상
problem-damaged-table = 테이블 손상
problem-not-a-record = 레코드가 아님
problem-contradictory = 서로 모순되는 값
problem-no-event-time = 이벤트 시간 없음
problem-unaccounted = 결과가 집계되지 않음

# 기간.
duration-days = { $count }일
duration-hours = { $count }시간
duration-minutes = { $count }분
duration-seconds = { $count }초
