// Writes an archive whose records, object names and definitions hold hostile strings in every
// field. Arguments: the folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const run = 'globalThis.hostile=1;document.documentElement.dataset.hostile=1';
const STRINGS = [
  `"><script>${run}</script>`,
  `' onmouseover='${run}' x='`,
  `" autofocus onfocus="${run}" x="`,
  `javascript:${run}//`,
  `<svg onload="${run}"><a xlink:href="javascript:${run}">x</a></svg>`,
  `<img src=x onerror="${run}">`,
  `]]></desc></title></text></svg><script>${run}</script>`,
  `</style></script></textarea></noscript><script>${run}</script>`,
  `--><iframe srcdoc="<script>${run}</script>"></iframe>`,
  '&lt;script&gt;&#60;script&#62;&#x3c;',
  "{{ 7 * 7 }}{% for x in y %}{# #}{{ t('page-title') }}${7*7}#{7*7}",
  '[click](javascript:alert(1)) ![x](http://198.51.100.9/) <b>bold</b> **bold** `code`',
  '=HYPERLINK("http://198.51.100.9/") @SUM(1) +1 -1',
  '\u202egnp.exe\u202c \u2066\u200b\u200f\u001b[31mred\u001b]0;title\u0007\r\n\u0085',
];
const hostile = STRINGS.join(' ');

const identity = () => ({
  type: hostile,
  principalId: hostile,
  arn: hostile,
  accountId: hostile,
  accessKeyId: hostile,
  userName: hostile,
  invokedBy: hostile,
  sessionContext: {
    sessionIssuer: { type: hostile, principalId: hostile, arn: hostile, accountId: hostile, userName: hostile },
    sourceIdentity: hostile,
  },
  onBehalfOf: { userId: hostile, identityStoreArn: hostile },
});

let events = 0;
const record = (minute, eventName, fields) => ({
  eventVersion: hostile,
  userIdentity: identity(),
  eventTime: `2026-03-03T09:${String(minute).padStart(2, '0')}:00Z`,
  eventSource: 'secretsmanager.amazonaws.com',
  eventName,
  awsRegion: hostile,
  sourceIPAddress: hostile,
  userAgent: hostile,
  requestID: hostile,
  eventID: `${(events += 1)} ${hostile}`,
  readOnly: true,
  eventType: hostile,
  eventCategory: hostile,
  managementEvent: true,
  recipientAccountId: hostile,
  sharedEventID: hostile,
  vpcEndpointId: hostile,
  requestParameters: { secretId: hostile },
  responseElements: null,
  ...fields,
});

const refused = (minute, fields = {}) =>
  record(minute, 'GetSecretValue', {
    errorCode: hostile,
    errorMessage: `You can't perform this operation on the secret because it was marked for deletion. ${hostile}`,
    ...fields,
  });

const Records = [
  record(1, 'DeleteSecret', {
    responseElements: { arn: hostile, name: hostile, deletionDate: 'Mar 10, 2026, 9:01:00 AM' },
  }),
  record(2, 'DeleteSecret', {
    requestParameters: { secretId: `arn:aws:secretsmanager:us-east-1:111122223333:secret:${hostile}` },
    responseElements: {
      arn: `arn:aws:secretsmanager:us-east-1:111122223333:secret:${hostile}`,
      name: hostile,
      deletionDate: 'Mar 10, 2026, 9:01:00 AM',
    },
  }),
  ...[5, 6, 7, 20, 21].map((minute) => refused(minute)),
  refused(30, { requestParameters: { secretId: `arn:aws:secretsmanager:us-east-1:111122223333:secret:${hostile}` } }),
  refused(31, { errorCode: 'AccessDeniedException', errorMessage: hostile }),
  record(40, 'RestoreSecret', { responseElements: { arn: hostile, name: hostile } }),
  hostile,
  { eventTime: hostile, eventName: 'GetSecretValue', errorMessage: hostile },
];

// The names of metrics are checked, and may hold this much.
const metric = `m"><img src=x onerror="${run}"><script>${run}</script>' {{ 7 }} =cmd|x`;

const filters = {
  metricFilters: [
    {
      filterName: hostile,
      filterPattern: '{ $.eventName = "GetSecretValue" && $.errorMessage = "*marked for deletion*" }',
      metricTransformations: [{ metricName: metric, metricNamespace: metric, metricValue: '1' }],
      logGroupName: hostile,
    },
  ],
};
const alarms = {
  MetricAlarms: [
    {
      AlarmName: hostile,
      AlarmDescription: hostile,
      ActionsEnabled: true,
      AlarmActions: [`arn:aws:sns:us-east-1:111122223333:${hostile}`],
      MetricName: metric,
      Namespace: metric,
      Statistic: 'Sum',
      Dimensions: [],
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  ],
};

const folder = process.argv[2];
const day = path.join(folder, 'archive/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/03');
mkdirSync(day, { recursive: true });
const name = '<img src=x onerror=globalThis.hostile=1>\u202e{{ 7 * 7 }}\'"';
const stamped = (time) => `111122223333_CloudTrail_us-east-1_${time}_${name}.json.gz`;
writeFileSync(path.join(day, stamped('20260303T0945Z')), gzipSync(JSON.stringify({ Records })));
writeFileSync(path.join(day, stamped('20260305T0945Z')), gzipSync('{"Records":[{"eventName": ').subarray(0, 30));
writeFileSync(path.join(folder, 'filters.json'), JSON.stringify(filters));
writeFileSync(path.join(folder, 'alarms.json'), JSON.stringify(alarms));
