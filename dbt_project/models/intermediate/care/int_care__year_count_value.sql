-- Persons counted once a year: patients (DEFINITIONS 2.15) and steps out of a service (2.16). A step that no extract had held by the end of
-- a year is unknown in that year, not a 0: nobody kept it.
with
transitions as (select * from {{ ref('stg_care__transition') }}),
patients as (select * from {{ ref('stg_care__patient') }}),

loads as (
    select * from {{ ref('stg_loads__load') }}
    where source = 'care'
        and table_name in ('transitions', 'patients')
),

run as (select * from {{ ref('stg_run__run') }}),

years as (
    select
        loads.municipality_id,
        loads.table_name as subject,
        cast(loads.period as integer) as year_number,
        {{ day_of_year('loads.period', '-01-01') }} as period_start,
        {{ day_of_year('loads.period', '-12-31') }} as period_end
    from loads
    cross join run
    where {{ day_of_year('loads.period', '-12-31') }} <= run.as_of_date
),

-- A step that several years' extracts hold is the latest's.
numbered as (
    select
        municipality_id, person_id, step, provider, started_on, ended_on,
        row_number() over (partition by municipality_id, person_id, step, started_on order by year desc) as recency
    from transitions
),

steps as (
    select
        municipality_id, person_id, step, provider,
        extract(year from started_on) as started_year,
        coalesce(extract(year from ended_on), 9999) as ended_year
    from numbered
    where recency = 1
),

-- Which steps a figure counts, and what the step must have done in the year.
measures as (
    select 'dv_work_placement_persons' as indicator_id, 'work_placement' as step, 'ongoing' as event
    union all select 'dv_to_own_employment_persons', 'own_employment', 'started'
    union all select 'dv_started_studies_persons', 'studies', 'started'
    union all select 'dv_ended_studies_persons', 'studies', 'started_and_ended'
    union all select 'dv_to_study_or_work_persons', 'studies', 'started_and_kept'
    union all select 'dv_to_study_or_work_persons', 'paid_work', 'started_and_kept'
    union all select 'bmss_moved_to_own_home_persons', 'own_home', 'started'
),

cells as (
    select 'total' as cell
    union all select 'provider'
),

known as (
    select
        measures.indicator_id, transitions.municipality_id,
        case when cells.cell = 'provider' then 'provider=' || transitions.provider end as breakdown,
        min(transitions.year) as first_year
    from transitions
    inner join measures on transitions.step = measures.step
    cross join cells
    where cells.cell = 'total'
        or measures.indicator_id in ('dv_work_placement_persons', 'dv_to_own_employment_persons')
    group by
        measures.indicator_id, transitions.municipality_id,
        case when cells.cell = 'provider' then 'provider=' || transitions.provider end
),

step_counts as (
    select
        'transitions' as subject,
        known.indicator_id, known.municipality_id, known.breakdown, years.period_start, years.period_end,
        count(distinct steps.person_id) as persons
    from known
    inner join years
        on known.municipality_id = years.municipality_id
        and years.subject = 'transitions'
        and known.first_year <= years.year_number
    inner join measures on known.indicator_id = measures.indicator_id
    left join steps
        on known.municipality_id = steps.municipality_id
        and measures.step = steps.step
        and coalesce(known.breakdown, 'provider=' || steps.provider) = 'provider=' || steps.provider
        and (
            (measures.event = 'ongoing' and steps.started_year <= years.year_number and steps.ended_year >= years.year_number)
            or (measures.event = 'started' and steps.started_year = years.year_number)
            or (
                measures.event = 'started_and_ended'
                and steps.started_year = years.year_number
                and steps.ended_year = years.year_number
            )
            or (
                measures.event = 'started_and_kept'
                and steps.started_year = years.year_number
                and steps.ended_year > years.year_number
            )
        )
    group by known.indicator_id, known.municipality_id, known.breakdown, years.period_start, years.period_end
),

patient_counts as (
    select
        'patients' as subject,
        'kpv_patients' as indicator_id,
        patients.municipality_id,
        {{ no_text('breakdown') }},
        years.period_start, years.period_end,
        count(distinct patients.person_id) as persons
    from patients
    inner join years
        on patients.municipality_id = years.municipality_id
        and years.subject = 'patients'
        and patients.year = years.year_number
    group by patients.municipality_id, years.period_start, years.period_end
),

counts as (
    select * from step_counts
    union all
    select * from patient_counts
)

select
    subject, municipality_id, indicator_id, breakdown,
    'T' as gender,
    period_start, period_end,
    'year' as period_grain,
    'period' as measure_time,
    cast(persons as double) as value,
    {{ no_ratio() }},
    persons as n
from counts
