-- The key store, version 2: what operators' lists of keys and histories of a key need.

-- Keys that a date has moved on, or will, since they were last written. vCenter sets no such dates: these two cost its
-- keys nothing.

CREATE INDEX managed_objects_by_activation ON managed_objects (instance, state, activation_date)
    WHERE state = 1 AND activation_date IS NOT NULL;

CREATE INDEX managed_objects_by_deactivation ON managed_objects (instance, state, deactivation_date)
    WHERE state = 2 AND deactivation_date IS NOT NULL;

-- What happened to one object, newest first.

CREATE INDEX audit_events_by_object ON audit_events (object, event_time DESC) WHERE object IS NOT NULL;
