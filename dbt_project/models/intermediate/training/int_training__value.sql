with
participants as (select * from {{ ref('stg_training__participant') }}),

programmes as (
    select 'äldreomsorgslyftet' as programme, 'aldreomsorgslyftet_trained_persons' as indicator_id
    union all select 'framstegsjobb', 'framstegsjobb_persons'
    union all select 'undernäring', 'nutrition_training_persons'
    union all select 'språkombud', 'language_champions'
),

cells as (
    select 'aldreomsorgslyftet_trained_persons' as indicator_id, 'total' as cell
    union all select 'aldreomsorgslyftet_trained_persons', 'education'
    union all select 'aldreomsorgslyftet_trained_persons', 'cumulative'
    union all select 'framstegsjobb_persons', 'total'
    union all select 'framstegsjobb_persons', 'role'
    union all select 'nutrition_training_persons', 'total'
    union all select 'language_champions', 'on_last_day'
),

years as (select distinct municipality_id, training_year from participants),

-- A sum over years is known only if every year from the first delivered one is there.
whole_years as (
    select
        municipality_id, training_year,
        min(training_year) over (partition by municipality_id) as first_year,
        row_number() over (partition by municipality_id order by training_year) as years_delivered
    from years
),

members as (
    select
        whole_years.municipality_id, whole_years.training_year, programmes.indicator_id, cells.cell,
        case when cells.cell = 'cumulative' then whole_years.first_year else whole_years.training_year end as first_year,
        case cells.cell
            when 'education' then 'education=' || participants.education
            when 'role' then 'role=' || participants.role
            when 'cumulative' then 'cumulative_since=' || cast(whole_years.first_year as {{ dbt.type_string() }})
        end as breakdown,
        participants.person_id
    from whole_years
    inner join participants on whole_years.municipality_id = participants.municipality_id
    inner join programmes on participants.programme = programmes.programme
    inner join cells on programmes.indicator_id = cells.indicator_id
    where (
        participants.training_year = whole_years.training_year
        and (
            cells.cell = 'total'
            or (cells.cell = 'education' and participants.education is not null)
            or (cells.cell = 'role' and participants.role is not null)
            or (
                cells.cell = 'on_last_day'
                and (participants.ended_on is null or participants.ended_on >= {{ day_of_year('whole_years.training_year', '-12-31') }})
            )
        )
    )
    or (
        cells.cell = 'cumulative'
        and participants.training_year <= whole_years.training_year
        and whole_years.years_delivered = whole_years.training_year - whole_years.first_year + 1
    )
),

-- A person is counted once in each figure, with several courses too (DEFINITIONS G11).
counted as (
    select
        municipality_id, indicator_id, breakdown, training_year, first_year,
        case when cell = 'on_last_day' then 'point' else 'period' end as measure_time,
        count(distinct person_id) as persons
    from members
    group by
        municipality_id, indicator_id, breakdown, training_year, first_year, case when cell = 'on_last_day' then 'point' else 'period' end
)

select
    ---------- keys
    municipality_id, indicator_id,
    {{ no_text('org_unit', 'staff_group') }},
    breakdown,
    'T' as gender,
    case
        when measure_time = 'point' then {{ day_of_year('training_year', '-12-31') }}
        else {{ day_of_year('training_year', '-01-01') }}
    end as period_start,
    {{ day_of_year('training_year', '-12-31') }} as period_end,
    'year' as period_grain,
    measure_time,

    ---------- the figure
    cast(persons as double) as value,
    {{ no_ratio() }},
    cast(persons as bigint) as n,
    false as is_preliminary,

    ---------- origin
    'training:' || municipality_id || ':' || cast(first_year as {{ dbt.type_string() }}) || ':'
    || cast(training_year as {{ dbt.type_string() }}) as lineage_id

from counted
