"""Checks the files for engines in docs/scale.md, as far as their formats are public.

It needs the packages botocore and kubernetes-validate, and asl-validator of npm as its argument.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import botocore.session
import botocore.validate

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "scale.md"


def report(service, operation, request):
    """Returns what is wrong with a request of a service of AWS."""
    client = botocore.session.get_session().create_client(
        service, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    shape = client.meta.service_model.operation_model(operation).input_shape
    return botocore.validate.ParamValidator().validate(request, shape).generate_report()


def batch_report(request):
    """Returns what is wrong with a request that submits a job to AWS Batch."""
    return report("batch", "SubmitJob", request)


def emr_report(driver):
    """Returns what is wrong with the driver of a job of EMR Serverless."""
    request = {
        "applicationId": "application",
        "clientToken": "token",
        "executionRoleArn": "arn:aws:iam::111122223333:role/backtrail",
        "jobDriver": driver,
    }
    return report("emr-serverless", "StartJobRun", request)


def in_camel_case(value):
    """Returns a request with the names of the API, which Step Functions begins with capitals."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: in_camel_case(own) for name, own in value.items()}
    if isinstance(value, list):
        return [in_camel_case(own) for own in value]
    return value


def submitted_by(states):
    """Returns the requests that the states of a state machine submit."""
    for state in states.values():
        yield from submitted_by(state.get("ItemProcessor", {}).get("States", {}))
        if state.get("Resource", "").startswith("arn:aws:states:::batch:submitJob"):
            request = in_camel_case(state["Parameters"])
            # The command is an expression.
            request["containerOverrides"].pop("command.$")
            yield request


def check_json(text, asl_validator):
    """Checks an example in JSON."""
    example = json.loads(text)
    reports = []
    if "StartAt" in example:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(text)
            file.flush()
            subprocess.run([asl_validator, "--json-path", file.name], check=True)
        reports = [batch_report(request) for request in submitted_by(example["States"])]
        assert reports, "the state machine submits nothing"
    elif "jobName" in example:
        reports = [batch_report(example)]
    elif "sparkSubmit" in example:
        reports = [emr_report(example)]
    else:
        sys.exit(f"nothing checks this example:\n{text}")
    if any(reports):
        sys.exit("\n".join(reports))


def check_yaml(text):
    """Checks an example of Kubernetes."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        validator = pathlib.Path(sys.executable).parent / "kubernetes-validate"
        subprocess.run([validator, "--strict", file.name], check=True)


def main():
    """Checks all examples."""
    examples = re.findall(r"```(json|yaml)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for kind, text in examples:
        if kind == "json":
            check_json(text, sys.argv[1])
        else:
            check_yaml(text)
    print(f"{len(examples)} examples")


main()
