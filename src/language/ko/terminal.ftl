# 감사의 답: 한 문장과 그 구성 요소.

answer-certain = { $verdict }.
answer-doubted = { $verdict }. 다만 { $doubt } { $consequence }.

answer-no-records = 선택 범위에 레코드가 없어 누가 무엇을 사용했는지 알 수 없습니다
answer-no-deletion = 삭제 예약된 보안 암호나 키를 사용한 주체가 없습니다
answer-unneeded = { $count ->
   *[other] 삭제가 예약된 { $things }를 사용한 주체가 없습니다
}
answer-needed = { $count ->
    [1] { $kind } { $name }: 삭제 예약 중이거나 삭제된 후에도 요청되었습니다. { $fate }
   *[other] { $things }가 삭제 예약 중이거나 삭제된 후에도 요청되었습니다. 가장 시급한 대상은 { $kind } { $name }입니다: { $fate }
}
answer-needed-restorable = { $count ->
    [1] { $kind } { $name }: 삭제 예약 중이지만 여전히 요청되고 있습니다. { $fate }
   *[other] { $things }가 삭제 예약 중이거나 삭제된 후에도 요청되었습니다. 그중 { $restorable }개는 아직 복원할 수 있습니다. 가장 시급한 대상은 { $kind } { $name }입니다: { $fate }
}

answer-may-be-more = 더 있을 수 있습니다
answer-not-proven = 확실하지 않습니다

answer-secrets = 보안 암호 { $count }개
answer-keys = 키 { $count }개
answer-authorities = 인증 기관 { $count }개
answer-payment-keys = 결제 키 { $count }개
answer-secrets-and-keys = 보안 암호와 키 { $count }개

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

restoration-leaves-disabled = 활성화할 때까지 비활성화된 상태로 유지됩니다.
restoration-unsafe-name = 아직 복원할 수 있지만, 명령에 안전하게 쓸 수 있는 이름이 아카이브에 없습니다.
restoration-restored = 이미 복원되었습니다.
restoration-deleted = 삭제되어 복원할 수 없습니다.
restoration-replica = 복제본은 복원할 수 없습니다. 보안 암호를 이 리전에 다시 복제하세요.
restoration-window-ended = 복구 기간이 끝나 복원이 보장되지 않습니다. 아직 존재하는지 확인하세요.
restoration-unknown = 아카이브에 삭제 예약 상태인지 나타나지 않습니다.

terminal-place = 보고서 위치: { $folder } (파일 { $count }개)
