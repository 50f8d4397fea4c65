#!/usr/bin/env python3
"""Writes an archive of many attempts to read secrets that are pending deletion.

    benches/attempts.py ARCHIVE 1000000

Twenty secrets are scheduled for deletion, and 400 hosts in twenty roles try to read them for 30
days. Callers repeat, while each attempt has an event ID, a request ID and an access key of its own.
The archive is the same each time.
"""

import argparse
import datetime
import gzip
import json
import pathlib
import random

ACCOUNT = "111122223333"
REGION = "us-east-1"
START = datetime.datetime(2026, 3, 1)
DAYS = 30
SECRETS = 20
HOSTS = 400
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
MESSAGE = "You can't perform this operation on the secret because it was marked for deletion."
PROGRAM = "Boto3/1.42.30 md/Botocore#1.42.30 ua/2.1 os/linux md/arch#x86_64 lang/python#3.12.3"


class Generator:
    """Makes the records of an archive."""

    def __init__(self):
        self.random = random.Random(7)
        self.hosts = [f"i-{self.random.getrandbits(68):017x}" for _ in range(HOSTS)]

    def identifier(self):
        digits = f"{self.random.getrandbits(128):032x}"
        return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])

    def record(self, event_name, time, secret, identity):
        return {
            "eventVersion": "1.10",
            "userIdentity": identity,
            "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": event_name,
            "awsRegion": REGION,
            "sourceIPAddress": "192.0.2.1",
            "userAgent": PROGRAM,
            "requestParameters": {"secretId": SECRET_ARN + name(secret)},
            "responseElements": None,
            "requestID": self.identifier(),
            "eventID": self.identifier(),
            "readOnly": event_name == "GetSecretValue",
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        }

    def deletion(self, secret):
        identity = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/admin"}
        record = self.record("DeleteSecret", START, secret, identity)
        record["requestParameters"]["recoveryWindowInDays"] = DAYS
        return record

    def attempt(self, time):
        secret, host = self.random.randrange(SECRETS), self.random.randrange(HOSTS)
        role = f"team{secret:02}-batch"
        identity = {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{self.hosts[host]}",
            "accountId": ACCOUNT,
            "accessKeyId": f"ASIA{self.random.getrandbits(64):016X}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
                    "accountId": ACCOUNT,
                    "userName": role,
                }
            },
        }
        record = self.record("GetSecretValue", time, secret, identity)
        record["sourceIPAddress"] = f"10.0.{host % 256}.{host // 256}"
        record["errorCode"] = "InvalidRequestException"
        record["errorMessage"] = MESSAGE
        return record


def name(secret):
    return f"prod/team{secret:02}/database-aXo5{secret:02}"


def write(folder, delivered, number, records):
    folder = folder / f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{delivered:%Y/%m/%d}"
    folder.mkdir(parents=True, exist_ok=True)
    time = f"{delivered:%Y%m%dT%H%MZ}"
    path = folder / f"{ACCOUNT}_CloudTrail_{REGION}_{time}_{number:016x}.json.gz"
    content = json.dumps({"Records": records}, separators=(",", ":"))
    path.write_bytes(gzip.compress(content.encode(), 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=pathlib.Path)
    parser.add_argument("attempts", type=int)
    parser.add_argument("--records-per-object", type=int, default=500)
    options = parser.parse_args()
    generator = Generator()
    objects = -(-options.attempts // options.records_per_object)
    for number in range(objects):
        seconds = 60 + number * (DAYS * 86_400 - 900) // objects
        begin = START + datetime.timedelta(seconds=seconds)
        records = []
        if number == 0:
            records.extend(generator.deletion(secret) for secret in range(SECRETS))
        left = options.attempts - number * options.records_per_object
        for _ in range(min(options.records_per_object, left)):
            time = begin + datetime.timedelta(seconds=generator.random.randrange(300))
            records.append(generator.attempt(time))
        write(options.archive, begin + datetime.timedelta(minutes=10), number, records)


if __name__ == "__main__":
    main()
