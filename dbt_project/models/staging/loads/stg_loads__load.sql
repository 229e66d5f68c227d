with source as (select * from {{ source('loads', 'loads') }})

select
    ---------- ids
    load_id, municipality_id,

    ---------- text
    source, table_name, period, content_hash, file, key_id, mapping,

    ---------- numerics
    sequence as load_sequence,
    rows as row_count,
    warnings as warning_count,

    ---------- booleans
    is_simulated,

    ---------- dates and timestamps
    data_through, received_at, accepted_at, predecessor_accepted_at

from source
