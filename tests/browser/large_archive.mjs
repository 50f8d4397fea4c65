// Writes an archive of 100,000 attempts in 400 objects, always the same: 200 secrets and 300
// principals in almost two years. Argument: the folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const OBJECTS = 400;
const RECORDS = 250;
const SECRETS = 200;
const PRINCIPALS = 300;
const START = Date.UTC(2024, 0, 1);
// The distance of two objects, in milliseconds, so that all of them take 700 days.
const STEP = (700 * 86_400_000) / OBJECTS;

const account = '111122223333';
const stamp = (time) => new Date(time).toISOString();

function attempt(object, index) {
  const number = object * RECORDS + index;
  const user = `user-${(number * 7) % PRINCIPALS}`;
  const arn = `arn:aws:iam::${account}:user/${user}`;
  // Five seconds lie between two attempts, so an object is a burst of twenty minutes.
  const time = START + object * STEP + index * 5000;
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', principalId: user, arn, accountId: account, userName: user },
    eventTime: `${stamp(time).slice(0, 19)}Z`,
    eventSource: 'secretsmanager.amazonaws.com',
    eventName: 'GetSecretValue',
    awsRegion: 'us-east-1',
    sourceIPAddress: `203.0.113.${number % 250}`,
    userAgent: 'Boto3/1.42.30 md/Botocore#1.42.30 ua/2.1 os/linux',
    errorCode: 'InvalidRequestException',
    errorMessage:
      "You can't perform this operation on the secret because it was marked for deletion.",
    requestParameters: { secretId: `prod/service-${(number * 11) % SECRETS}` },
    responseElements: null,
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
}

for (let object = 0; object < OBJECTS; object += 1) {
  const Records = Array.from({ length: RECORDS }, (_, index) => attempt(object, index));
  const delivered = stamp(START + object * STEP + 25 * 60_000);
  const day = delivered.slice(0, 10).replaceAll('-', '/');
  const folder = path.join(process.argv[2], `AWSLogs/${account}/CloudTrail/us-east-1/${day}`);
  const minute = `${delivered.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  const name = `${account}_CloudTrail_us-east-1_${minute}_${String(object).padStart(16, '0')}.json.gz`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), gzipSync(JSON.stringify({ Records })));
}
