"""What the log says, and which jobs carry it out."""

from app.core.activity.types import Hook, verb

CALLED = verb("notifications.called", Hook.SERVICE)
REACH_SET = verb("notifications.reach_set", Hook.VISIT)
ROBOT_SET = verb("notifications.robot_set", Hook.SERVICE)
ROBOT_TAKEN = verb("notifications.robot_taken", Hook.SERVICE)
READER = "notifications"
PUSH_JOB = "notifications.push"
ROBOT_JOB = "notifications.robot"
DIGEST_STOP = "digest"
FAN_OUT_JOB = "notifications.fan_out"
